import fc from 'fast-check';
import { type ConvCase, type ConvData, outputSize } from './reference-conv.ts';

const LARGEST_SIDE = 8;

/** A layer of 1x1, 3x3, 5x5 or uneven kernel, stride 1 or 2, padding 0 to 2, 1 to 20 channels, whose output is not empty. */
export function randomCase(): fc.Arbitrary<ConvCase> {
  const kernel = fc.constantFrom(1, 2, 3, 5);
  const channels = fc.integer({ min: 1, max: 20 });
  return fc
    .record({
      images: fc.integer({ min: 1, max: 5 }),
      rows: fc.integer({ min: 1, max: LARGEST_SIDE }),
      cols: fc.integer({ min: 1, max: LARGEST_SIDE }),
      inChannels: channels,
      kernelRows: kernel,
      kernelCols: kernel,
      stride: fc.constantFrom(1, 2, 3),
      padding: fc.integer({ min: 0, max: 2 }),
      outChannels: channels,
    })
    .filter((layer) => {
      const { outRows, outCols } = outputSize(layer);
      return outRows > 0 && outCols > 0;
    });
}

/** Numbers from a generator of 32 bits (Marsaglia's xorshift), about normal: sums of three uniform ones. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0 || 1;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return () => 2 * (uniform() + uniform() + uniform() - 1.5);
}

/** Weights as wide as the inputs, so that about half of the differences are clipped. */
export function randomData(layer: ConvCase, seed: number): ConvData {
  const next = randomNumbers(seed);
  const { images, rows, cols, inChannels, kernelRows, kernelCols, outChannels } = layer;
  const { outRows, outCols } = outputSize(layer);
  const fill = (length: number, scale: number) =>
    Float32Array.from({ length }, () => next() * scale);
  return {
    x: fill(images * rows * cols * inChannels, 1),
    f: fill(kernelRows * kernelCols * inChannels * outChannels, 2),
    dy: fill(images * outRows * outCols * outChannels, 1),
  };
}
