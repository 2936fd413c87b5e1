/**
 * @file Speed of the kernels against the same loops in plain TypeScript, in one run on one thread.
 *
 * Shapes are those of ResNet-20's 3 x 3 layers. Both sides pad the map and sum; the kernels' packing of
 * weights is done once and not timed. One operation is one `|x - w|` or one `x * w` with its addition.
 */
import { pathToFileURL } from 'node:url';
import { compileKernels } from '../src/kernels/instance.ts';
import type { ArrayKind } from '../src/quantize/types.ts';
import { bestSeconds } from './best-seconds.ts';
import { codeLayer, floatLayer, type LayerSize, operationsOf } from './engine-layer.ts';

const SIZES = [
  { size: 32, channels: 16 },
  { size: 16, channels: 32 },
  { size: 8, channels: 64 },
] as const;
const KERNEL = 3;
const REPETITION = { milliseconds: 400, warmUp: 10 };

interface Size {
  readonly size: number;
  readonly channels: number;
}

/** Speeds of one layer, in 10^9 operations a second. */
export interface KernelSpeed {
  readonly layer: string;
  readonly kernel: number;
  readonly typescript: number;
}

/** Measure every array kernel on every size. */
export async function measureKernels(): Promise<readonly KernelSpeed[]> {
  const module = await compileKernels();
  return SIZES.flatMap((size) => {
    const { channels } = size;
    const layer = {
      ...size,
      inChannels: channels,
      outChannels: channels,
      kernel: KERNEL,
      padding: 1,
    };
    return (['adder', 'conv'] as const).flatMap((kind) => [
      measure(`float ${kind}`, layer, [floatLayer(module, layer, kind), plainFloat(size, kind)]),
      measure(`8-bit ${kind}`, layer, [codeLayer(module, layer, kind), plainCode(size, kind)]),
    ]);
  });
}

function measure(
  name: string,
  layer: LayerSize,
  [kernel, plain]: readonly [() => void, () => void],
): KernelSpeed {
  const speed = (work: () => void) => operationsOf(layer) / bestSeconds(work, REPETITION) / 1e9;
  return {
    layer: `${name} ${layer.size}x${layer.size}x${layer.inChannels}`,
    kernel: speed(kernel),
    typescript: speed(plain),
  };
}

interface PlainParts<Map, Weights> {
  readonly x: Map;
  readonly w: Weights;
  readonly sumRow: (x: Map, w: Weights, row: Row) => number;
}

/** One kernel row: `taps` consecutive values of the map from `from`, of the weights from `at`. */
interface Row {
  readonly from: number;
  readonly at: number;
  readonly taps: number;
}

/** The layer in plain loops over typed arrays, map padded beforehand; the row sum is the innermost loop. */
function plainLayer<Map, Weights>(
  { size, channels }: Size,
  { x, w, sumRow }: PlainParts<Map, Weights>,
): () => void {
  const padded = size + 2;
  const taps = KERNEL * channels;
  const y = new Float64Array(size * size * channels);
  return () => {
    for (let pixel = 0; pixel < size * size; pixel++) {
      const window = (Math.floor(pixel / size) * padded + (pixel % size)) * channels;
      for (let t = 0; t < channels; t++) {
        let sum = 0;
        for (let i = 0; i < KERNEL; i++) {
          const from = window + i * padded * channels;
          sum += sumRow(x, w, { from, at: (t * KERNEL + i) * taps, taps });
        }
        y[pixel * channels + t] = sum;
      }
    }
  };
}

// Four functions for two loops: each sees one array type only, which is what makes it fast.
const PLAIN = {
  float: {
    adder(x: Float32Array, w: Float32Array, { from, at, taps }: Row): number {
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += Math.abs(x[from + k] - w[at + k]);
      return sum;
    },
    conv(x: Float32Array, w: Float32Array, { from, at, taps }: Row): number {
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += x[from + k] * w[at + k];
      return sum;
    },
  },
  code: {
    adder(x: Uint8Array, w: Uint8Array, { from, at, taps }: Row): number {
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += Math.abs(x[from + k] - w[at + k]);
      return sum;
    },
    conv(x: Uint8Array, w: Int16Array, { from, at, taps }: Row): number {
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += x[from + k] * w[at + k];
      return sum;
    },
  },
};

function plainFloat(size: Size, kind: ArrayKind): () => void {
  const x = new Float32Array((size.size + 2) ** 2 * size.channels).fill(3);
  const w = new Float32Array((size.channels * KERNEL) ** 2).fill(5);
  return plainLayer(size, { x, w, sumRow: PLAIN.float[kind] });
}

function plainCode(size: Size, kind: ArrayKind): () => void {
  const x = new Uint8Array((size.size + 2) ** 2 * size.channels).fill(3);
  const taps = (size.channels * KERNEL) ** 2;
  return kind === 'adder'
    ? plainLayer(size, { x, w: new Uint8Array(taps).fill(5), sumRow: PLAIN.code.adder })
    : plainLayer(size, { x, w: new Int16Array(taps).fill(5), sumRow: PLAIN.code.conv });
}

/** Print the measurements as a table. */
export async function benchKernels(): Promise<void> {
  console.log('layer (one thread)        kernel  TypeScript   ratio   (10^9 operations a second)');
  for (const { layer, kernel, typescript } of await measureKernels()) {
    const cells = [kernel.toFixed(1).padStart(6), typescript.toFixed(2).padStart(10)];
    console.log(
      `${layer.padEnd(24)}  ${cells.join('  ')}  ${(kernel / typescript).toFixed(1).padStart(6)}`,
    );
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await benchKernels();
