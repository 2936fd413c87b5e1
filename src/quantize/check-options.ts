import type { OperandWidths } from '../fixed/operand.ts';
import { type Issue, throwIfAny } from '../issues.ts';
import type { LoweredNetwork } from './lowered.ts';
import type { QuantizeWidths } from './widths.ts';

/** Fewest images that say anything about a channel's mean and variance. */
const FEWEST_IMAGES = 8;
/** Codes of the widest point of the network for all images: 2 GiB. */
const CODE_LIMIT = 2 ** 31;
const WIDTHS = { least: 2, most: 8 };

export interface QuantizeSizes extends QuantizeWidths {
  readonly network: LoweredNetwork;
  /** Bytes of the calibration images. */
  readonly bytes: number;
  readonly count: number;
}

/** Refuse, all at once, what cannot be quantized: widths, number and size of the images. */
export function checkOptions({
  network,
  bytes,
  count,
  actWidth,
  weightWidth,
  inputWidth,
  storeWidth,
  layerWidths = new Map(),
}: QuantizeSizes): void {
  const issues: Issue[] = [];
  for (const [what, width] of Object.entries({ activations: actWidth, weights: weightWidth })) {
    if (!isWidth(width)) {
      issues.push({
        problem: `Cannot quantize to ${width} bits: ${what} take ${WIDTHS.least} to ${WIDTHS.most} bits`,
        remedy: `Choose a whole number from ${WIDTHS.least} to ${WIDTHS.most}`,
      });
    }
  }
  for (const [name, own] of layerWidths) {
    issues.push(...ownWidths(network, { name, own, array: { actWidth, weightWidth } }));
  }
  for (const [what, width] of Object.entries({
    'the input': inputWidth,
    'stored maps': storeWidth,
  })) {
    // Against activations that are out of range nothing can be said.
    if (isWidth(actWidth) && (!isWidth(width) || width < actWidth)) {
      issues.push({
        problem: `Cannot quantize ${what} to ${width} bits: activations have ${actWidth}, ${WIDTHS.most} are possible`,
        remedy: `Choose a whole number from ${actWidth} to ${WIDTHS.most}`,
      });
    }
  }
  if (!Number.isInteger(count) || count < FEWEST_IMAGES) {
    issues.push({
      problem: `Cannot calibrate on ${count} images: at least ${FEWEST_IMAGES} are needed`,
      remedy: 'Use more training images; 512 are a good number',
    });
  }
  const imageBytes = network.inputShape.reduce((a, b) => a * b, 1);
  if (bytes !== count * imageBytes) {
    issues.push({
      problem: `Cannot calibrate on ${count} images of ${bytes / count} bytes: the network's input of ${network.inputShape.join(' x ')} takes ${imageBytes}`,
      remedy: 'Use the data set that the network was trained on',
    });
  }
  const largestMap = Math.max(
    ...network.layers.map(({ outputShape }) => outputShape.reduce((a, b) => a * b, 1)),
  );
  // Input, output and two residuals of the widest layer.
  const most = Math.floor(CODE_LIMIT / (4 * largestMap));
  if (count > most) {
    issues.push({
      problem: `Cannot calibrate on ${count} images: maps of ${largestMap} codes leave room for ${most}`,
      remedy: 'Use fewer images; 512 are a good number',
    });
  }
  throwIfAny(issues);
}

function isWidth(width: number): boolean {
  return Number.isInteger(width) && width >= WIDTHS.least && width <= WIDTHS.most;
}

/** What is wrong with the widths of one layer. */
function ownWidths(
  { layers }: LoweredNetwork,
  {
    name,
    own,
    array,
  }: { readonly name: string; readonly own: OperandWidths; readonly array: OperandWidths },
): Issue[] {
  if (!layers.some((layer) => layer.name === name && layer.kind === 'adder')) {
    return [
      {
        problem: `Cannot give layer "${name}" widths of its own: it is no adder layer of this network`,
        remedy: 'Name adder layers only; all other layers follow from them',
      },
    ];
  }
  return (['actWidth', 'weightWidth'] as const)
    .filter((width) => !isWidth(own[width]) || own[width] > array[width])
    .map((width) => ({
      problem: `Cannot quantize layer "${name}" with ${width} ${own[width]}: ${WIDTHS.least} to ${array[width]} bits are possible`,
      remedy: `Choose whole numbers, and the widest layer's as ${width} of the network`,
    }));
}
