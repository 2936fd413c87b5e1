/**
 * @file The post-op's constants: the model's integers, moved to the hardware's sums, and their widths.
 *
 * The hardware's sum is `2^scale * acc + offset` (see weights.ts). With `mean' = 2^scale * mean + offset`, bias and
 * residual multiplier times `2^scale`, and `scale` more bits of shift, the rounded result is the same integer.
 * The rounding half joins the bias.
 */
import { signedWidth, unsignedWidth } from './integers.ts';
import type { ConstantWidths, HardwareAffine, MemoryImage, Operation } from './types.ts';
import type { SumBounds } from './weights.ts';

/** Move an operation's constants to the hardware's sums. */
export function hardwareAffine({ layer }: Operation, { offset, scale }: SumBounds): HardwareAffine {
  const { affine, residual } = layer;
  const factor = 2 ** scale;
  const shift = Array.from(affine.shift, (bits) => bits + scale);
  return {
    mean: Array.from(affine.mean, (mean, c) => factor * mean + offset[c]),
    mult: Array.from(affine.mult),
    shift,
    bias: Array.from(
      affine.bias,
      (bias, c) => factor * bias + (shift[c] > 0 ? 2 ** (shift[c] - 1) : 0),
    ),
    resMult: Array.from(affine.mean, (_, c) =>
      residual === undefined ? 0 : factor * residual.mult[c],
    ),
  };
}

/** Width of every constant, and of difference and total, that no value can exceed. */
export function constantWidths(
  operations: readonly Operation[],
  affines: readonly HardwareAffine[],
  bounds: readonly SumBounds[],
): ConstantWidths {
  const mean = new Extent();
  const diff = new Extent();
  const mult = new Extent();
  const bias = new Extent();
  const resMult = new Extent();
  const total = new Extent();
  let shift = 0;
  operations.forEach(({ layer, residualWidth }, index) => {
    const affine = affines[index];
    const resZero = layer.residual?.zeroPoint ?? 0;
    const resBounds = [-resZero, 2 ** residualWidth - 1 - resZero];
    affine.mean.forEach((channelMean, c) => {
      const ends = [-channelMean, bounds[index].max - channelMean];
      mean.include(channelMean);
      diff.include(...ends);
      mult.include(affine.mult[c]);
      bias.include(affine.bias[c]);
      resMult.include(affine.resMult[c]);
      shift = Math.max(shift, affine.shift[c]);
      const products = ends.map((end) => end * affine.mult[c]);
      const terms = resBounds.map((bound) => bound * affine.resMult[c]);
      // The partial sums too, so that no intermediate wraps.
      for (const product of products) {
        total.include(product, product + affine.bias[c]);
        for (const term of terms) total.include(term, product + affine.bias[c] + term);
      }
    });
    // The comparison with the clamp's bounds happens at this width.
    total.include(layer.clampLow, layer.clampHigh);
  });
  return {
    meanWidth: mean.width(),
    diffWidth: diff.width(),
    multWidth: mult.width(),
    shiftWidth: unsignedWidth(shift),
    biasWidth: bias.width(),
    resMultWidth: resMult.width(),
    totalWidth: total.width(),
  };
}

/**
 * Widen difference and total until no register of the post-op is narrower than what feeds it.
 *
 * Only networks with very few bits or constants are touched. There a bound may say that a register's upper bits are
 * never needed; dropping them would be right, but an unused bit is what linters warn of.
 */
export function widenLane(
  widths: ConstantWidths,
  fed: { readonly accWidth: number; readonly bankWidth: number; readonly monitorWidth: number },
): ConstantWidths {
  const { meanWidth, multWidth, biasWidth, resMultWidth } = widths;
  const diffWidth = Math.max(widths.diffWidth, meanWidth, fed.accWidth);
  const totalWidth = Math.max(
    widths.totalWidth,
    diffWidth,
    multWidth,
    biasWidth,
    resMultWidth,
    // A residual less its zero point, and the clamp's bounds, are signed.
    fed.bankWidth + 1,
    fed.monitorWidth + 1,
  );
  return { ...widths, diffWidth, totalWidth };
}

class Extent {
  low = 0;
  high = 0;
  include(...values: number[]): void {
    for (const value of values) {
      if (!Number.isSafeInteger(value))
        throw new Error(`internal: ${value} is not exact in a double`);
      this.low = Math.min(this.low, value);
      this.high = Math.max(this.high, value);
    }
  }
  width(): number {
    return signedWidth(this.low, this.high);
  }
}

/** The image of the constant memory (one word for `lanes` channels of a tile) and each operation's first word. */
export function constantImage(options: {
  operations: readonly Operation[];
  affines: readonly HardwareAffine[];
  widths: ConstantWidths;
  lanes: number;
}): { image: MemoryImage; bases: number[] } {
  const { operations, affines, widths, lanes } = options;
  const words: bigint[] = [];
  const bases = operations.map(({ layer, tileChannels, tiles }, index) => {
    const base = words.length;
    const channels = layer.outputShape[2];
    for (let first = 0; first < Math.min(channels, tiles * tileChannels); first += lanes) {
      let word = 0n;
      for (let lane = lanes - 1; lane >= 0; lane--) {
        const c = first + lane;
        const one = c < channels ? packChannel(affines[index], c, widths) : 0n;
        word = (word << BigInt(channelWidth(widths))) | one;
      }
      words.push(word);
    }
    return base;
  });
  return {
    image: {
      file: 'constants.mem',
      comment: `post-op constants: ${lanes} channels a word (lane 0 lowest), each res_mult, bias, shift, mult, mean`,
      width: lanes * channelWidth(widths),
      words,
    },
    bases,
  };
}

function channelWidth(widths: ConstantWidths): number {
  const { meanWidth, multWidth, shiftWidth, biasWidth, resMultWidth } = widths;
  return meanWidth + multWidth + shiftWidth + biasWidth + resMultWidth;
}

/** `{res_mult, bias, shift, mult, mean}`, as `an_post_op` takes it apart. */
function packChannel(affine: HardwareAffine, c: number, widths: ConstantWidths): bigint {
  const fields: readonly [number, number][] = [
    [affine.resMult[c], widths.resMultWidth],
    [affine.bias[c], widths.biasWidth],
    [affine.shift[c], widths.shiftWidth],
    [affine.mult[c], widths.multWidth],
    [affine.mean[c], widths.meanWidth],
  ];
  return fields.reduce(
    (word, [value, width]) => (word << BigInt(width)) | BigInt.asUintN(width, BigInt(value)),
    0n,
  );
}
