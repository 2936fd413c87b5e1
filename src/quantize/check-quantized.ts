/**
 * @file Every rule that the comments of `types.ts` state, as a check of a whole quantized model.
 */
import { operandWidth } from '../fixed/operand.ts';
import type { Issue } from '../issues.ts';
import { elementCount } from '../model/element-count.ts';
import { quote } from '../model/names.ts';
import { windowCount } from '../model/node-shape.ts';
import { INPUT, type MapShape } from '../model/types.ts';
import type { QuantizedLayer, QuantizedModel } from './types.ts';

/** The magnitude of a post-op's sum stays below 2 to this power, so that a double holds it exactly. */
const EXACT_BITS = 52;
/** Most bits of a map that is read again: kernels and hardware keep it in bytes. */
const MAP_WIDTH_LIMIT = 8;

type Report = (reason: string) => void;

/** All that is wrong with a quantized model; empty when it can be run and built. */
export function checkQuantized(model: QuantizedModel): Issue[] {
  const issues: Issue[] = [];
  const reporter =
    (subject: string): Report =>
    (reason) =>
      issues.push({
        problem: `Cannot use ${subject}: ${reason}`,
        remedy: 'Quantize the model again; docs/model-format.md states the rules',
      });
  checkInput(model, reporter(`quantized model ${quote(model.name)}`));
  const maps = new Map<string, MapShape>([[INPUT, model.input.shape]]);
  const widthOf = (name: string): number =>
    name === INPUT
      ? model.input.width
      : (model.layers.find((layer) => layer.name === name)?.outWidth ?? model.actWidth);
  const read = new Set<string>();
  for (const [index, layer] of model.layers.entries()) {
    const report = reporter(`layer ${quote(layer.name)}`);
    if (maps.has(layer.name)) report('another map has the same name');
    checkWiring({ layer, maps, report });
    checkWindow({ model, layer, widthOf, report });
    if (layer.kind === 'adder' || layer.kind === 'conv') checkWeights(layer, model, report);
    checkConstants(layer, report);
    checkOutput({ model, layer, widthOf, isLast: index === model.layers.length - 1, report });
    checkExactness({ layer, widthOf, report });
    maps.set(layer.name, layer.outputShape);
    for (const name of [layer.input, layer.residual?.input]) if (name) read.add(name);
  }
  for (const { name } of model.layers.slice(0, -1)) {
    if (!read.has(name))
      reporter(`layer ${quote(name)}`)('no layer reads it, and it is not the last one');
  }
  return issues;
}

function checkInput({ input }: QuantizedModel, report: Report): void {
  const channels = input.shape[2];
  if (input.codes.length !== channels * 256) {
    report(
      `its input table has ${input.codes.length} codes, ${channels} channels need ${channels * 256}`,
    );
  }
  const largest = input.codes.reduce((max, code) => Math.max(max, code), 0);
  const limit = 2 ** input.width - 1;
  if (largest > limit)
    report(`its input table has code ${largest}, ${input.width} bits hold ${limit}`);
  if (input.zeroPoint > limit)
    report(`its input's zero point is ${input.zeroPoint}, above ${limit}`);
}

interface WiringContext {
  readonly layer: QuantizedLayer;
  readonly maps: ReadonlyMap<string, MapShape>;
  readonly report: Report;
}

function checkWiring({ layer, maps, report }: WiringContext): void {
  const expect = (role: string, name: string, wanted: MapShape): void => {
    const shape = maps.get(name);
    if (shape === undefined)
      report(`its ${role} ${quote(name)} is not the output of an earlier layer`);
    else if (shape.join() !== wanted.join()) {
      report(`its ${role} ${quote(name)} is ${shape.join(' x ')}, it says ${wanted.join(' x ')}`);
    }
  };
  expect('input', layer.input, layer.inputShape);
  if (layer.residual) expect('residual', layer.residual.input, layer.outputShape);
}

interface LayerContext {
  readonly model: QuantizedModel;
  readonly layer: QuantizedLayer;
  /** Bits of a map's code, by the map's name. */
  readonly widthOf: (name: string) => number;
  readonly report: Report;
}

function checkWindow({ model, layer, widthOf, report }: LayerContext): void {
  const { inputShape, outputShape, kernel, stride, padding } = layer;
  const sides = [0, 1].map((d) =>
    windowCount({ size: inputShape[d], kernel: kernel[d], stride, padding }),
  );
  if (sides[0] !== outputShape[0] || sides[1] !== outputShape[1]) {
    report(
      `its kernel of ${kernel.join(' x ')}, stride ${stride} and padding ${padding} make ${sides.join(' x ')} pixels, it says ${outputShape[0]} x ${outputShape[1]}`,
    );
  }
  if (kernel.some((side) => padding >= side)) {
    report(`its padding of ${padding} is not smaller than its kernel of ${kernel.join(' x ')}`);
  }
  const isPool = layer.kind === 'maxPool' || layer.kind === 'sumPool';
  if (isPool && inputShape[2] !== outputShape[2]) {
    report(`it pools ${inputShape[2]} channels to ${outputShape[2]}`);
  }
  const largest = 2 ** widthOf(layer.input) - 1;
  if (layer.padCode > largest) report(`its padding code is ${layer.padCode}, above ${largest}`);
  if (layer.kind === 'maxPool' && layer.padCode !== 0) {
    report(`its padding code is ${layer.padCode}, 0 is needed for maxPool`);
  }
  const readsInput = layer.input === INPUT && layer.kind !== 'maxPool' && padding > 0;
  if (readsInput && layer.padCode !== model.input.zeroPoint) {
    report(`its padding code is ${layer.padCode}, its input's zero point ${model.input.zeroPoint}`);
  }
}

function checkWeights(
  layer: Extract<QuantizedLayer, { kind: 'adder' | 'conv' }>,
  model: QuantizedModel,
  report: Report,
): void {
  const { kind, weights, planes, inputShift, kernel, inputShape, outputShape } = layer;
  const count = elementCount([outputShape[2], ...kernel, inputShape[2]]);
  if (weights.length !== count)
    report(`it has ${weights.length} weights, its shape needs ${count}`);
  if (kind === 'adder') {
    for (const width of ['actWidth', 'weightWidth'] as const) {
      if (layer[width] > model[width]) {
        report(`its ${width} is ${layer[width]}, the model's array has ${model[width]}`);
      }
    }
    const largest = 2 ** layer.weightWidth - 1;
    const bad = weights.find((w) => w < 0 || w > largest);
    if (bad !== undefined) report(`it has weight code ${bad}, 0 to ${largest} are possible`);
    if (planes !== 1) report(`it has ${planes} planes, an adder layer has 1`);
    // What a padded tap reads must be a zero, so nothing of it may be rounded away.
    if (layer.padCode % 2 ** inputShift !== 0) {
      report(`its padding code ${layer.padCode} is no multiple of 2^${inputShift}`);
    }
    return;
  }
  if (inputShift !== 0) report(`its input shift is ${inputShift}, a conv layer has 0`);
  const largest = 2 ** planes - 1;
  const bad = weights.find((w) => w % 2 === 0 || Math.abs(w) > largest);
  if (bad !== undefined) {
    report(`it has weight ${bad}, odd integers of -${largest} to ${largest} are possible`);
  }
}

function checkConstants({ affine, residual, outputShape }: QuantizedLayer, report: Report): void {
  const channels = outputShape[2];
  const check = <T extends ArrayLike<number>>(
    name: string,
    values: T,
    { isSound, rule }: { readonly isSound: (value: number) => boolean; readonly rule: string },
  ): void => {
    if (values.length !== channels)
      report(`it has ${values.length} values of ${name}, ${channels} channels`);
    const bad = Array.from(values).find((value) => !isSound(value));
    if (bad !== undefined) report(`its ${name} has ${bad}, ${rule}`);
  };
  const below = (bits: number) => ({
    isSound: (value: number) => Number.isInteger(value) && Math.abs(value) < 2 ** bits,
    rule: `integers below 2^${bits} are possible`,
  });
  check('mean', affine.mean, below(32));
  check('mult', affine.mult, below(15));
  check('shift', affine.shift, { isSound: (value) => value <= 22, rule: '0 to 22 are possible' });
  check('bias', affine.bias, below(EXACT_BITS - 1));
  if (residual) check('residual mult', residual.mult, below(23));
}

function checkOutput(context: LayerContext & { readonly isLast: boolean }): void {
  const { layer, widthOf, isLast, report } = context;
  const { clampLow, clampHigh, outWidth, outSigned, residual } = layer;
  const low = outSigned ? -(2 ** (outWidth - 1)) : 0;
  const high = outSigned ? 2 ** (outWidth - 1) - 1 : 2 ** outWidth - 1;
  if (clampLow > clampHigh || clampLow < low || clampHigh > high) {
    report(`its bounds are ${clampLow} to ${clampHigh}, its output holds ${low} to ${high}`);
  }
  if (!isLast && (outSigned || outWidth > MAP_WIDTH_LIMIT)) {
    report(
      `its output has ${outWidth} ${outSigned ? 'signed' : 'unsigned'} bits, a map that is read again has at most ${MAP_WIDTH_LIMIT} unsigned bits`,
    );
  }
  const largest = residual ? 2 ** widthOf(residual.input) - 1 : 0;
  if (residual && residual.zeroPoint > largest) {
    report(`its residual's zero point is ${residual.zeroPoint}, above ${largest}`);
  }
}

/** The post-op's largest sum must be exact; otherwise golden model and hardware could differ. */
function checkExactness({ layer, widthOf, report }: Omit<LayerContext, 'model'>): void {
  const { kind, affine, residual, kernel, inputShape } = layer;
  const taps = kernel[0] * kernel[1];
  const act = 2 ** widthOf(layer.input);
  const sum = {
    adder: taps * inputShape[2] * (kind === 'adder' ? 2 ** operandWidth(layer) : 0),
    conv: taps * inputShape[2] * act * ('planes' in layer ? 2 ** layer.planes : 0),
    maxPool: act,
    sumPool: taps * act,
  }[kind];
  let largest = 0;
  for (let c = 0; c < affine.mult.length; c++) {
    const scaled = (sum + Math.abs(affine.mean[c])) * Math.abs(affine.mult[c]);
    const added = residual ? 2 ** widthOf(residual.input) * Math.abs(residual.mult[c]) : 0;
    // One more half step for the rounding.
    const total = scaled + added + Math.abs(affine.bias[c]) + 2 ** affine.shift[c];
    if (total > largest) largest = total;
  }
  if (largest >= 2 ** EXACT_BITS) {
    report(`its sums reach ${largest}, less than 2^${EXACT_BITS} is possible`);
  }
}
