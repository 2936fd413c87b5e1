/**
 * @file A network of integers on the kernels, equal to `src/golden/run.ts` bit for bit.
 *
 * Every layer's codes have their own place; padded maps and accumulators share one scratch each,
 * so that they stay in the cache.
 */
import { inputCodes } from '../golden/input-codes.ts';
import { INPUT, type MapShape } from '../model/types.ts';
import type { QuantizedLayer, QuantizedModel } from '../quantize/types.ts';
import { affineTable } from './affine-table.ts';
import { chainSteps, type Engine, type Step, type Tap, type Values } from './engine.ts';
import { type Geometry, geometryOf } from './geometry.ts';
import type { Instance, Kernels } from './instance.ts';
import { accumulatorStep, scratchNeeds } from './integer-step.ts';
import type { KernelModule } from './web-assembly.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const elements = ([rows, cols, channels]: MapShape): number => rows * cols * channels;
/** Accumulators lie four channels a vector. */
const pitchOf = (shape: MapShape): number => Math.ceil(shape[2] / 4) * 4;

/** A map of codes: bytes, or 32-bit integers where an output is wider or signed. */
interface CodeMap {
  readonly address: number;
  readonly length: number;
  readonly isWide: boolean;
}

interface PlannedLayer {
  readonly layer: QuantizedLayer;
  readonly map: CodeMap;
  readonly accumulate: (kernels: Kernels) => void;
  readonly requantize: (kernels: Kernels) => void;
}

/** Lay out `model` for one thread; `taps` name the layers (or `input`) whose maps are wanted. */
export function createIntegerEngine(
  module: KernelModule,
  model: QuantizedModel,
  taps: readonly Tap[],
): Engine {
  const workspace = createWorkspace(model.name);
  const maps = new Map<string, CodeMap>();
  const inputMap = reserveMap(workspace, { shape: model.input.shape, isWide: false });
  maps.set(INPUT, inputMap);
  const geometries = model.layers.map(layerGeometry);
  const scratch = reserveScratch(workspace, model.layers, geometries);
  const planned = model.layers.map((layer, i): PlannedLayer => {
    const source = codesOf(maps, layer.input, layer.name);
    const isWide = layer.outSigned || layer.outWidth > 8;
    const map = reserveMap(workspace, { shape: layer.outputShape, isWide });
    const accumulate = accumulatorStep({
      layer,
      geometry: geometries[i],
      workspace,
      source,
      scratch,
    });
    const residual = layer.residual ? codesOf(maps, layer.residual.input, layer.name) : 0;
    const requantize = requantizeStep(workspace, { layer, map, residual, acc: scratch.acc });
    maps.set(layer.name, map);
    return { layer, map, accumulate, requantize };
  });

  const instance = workspace.start(module);
  const { kernels } = instance;
  const input = readerOf(instance, inputMap)() as Uint8Array;
  const steps: Step[] = [{ name: INPUT, run() {}, read: () => input }];
  for (const { layer, map, accumulate, requantize } of planned) {
    const readMap = readerOf(instance, map);
    const readAcc = accumulatorReader(instance, scratch.acc, layer.outputShape);
    steps.push({
      name: layer.name,
      run() {
        accumulate(kernels);
        requantize(kernels);
      },
      read: (stage) => (stage === 'output' ? readMap() : readAcc()),
    });
  }
  return chainSteps(steps, taps, (image) => input.set(inputCodes(model, image)));
}

function layerGeometry(layer: QuantizedLayer): Geometry {
  const { inputShape: input, outputShape: output, kernel, stride, padding } = layer;
  return geometryOf({ input, output, kernel, stride, padding });
}

/** Address of a map that a layer may read; only the network's output may be wider than a byte. */
function codesOf(maps: ReadonlyMap<string, CodeMap>, name: string, reader: string): number {
  const map = maps.get(name);
  if (!map || map.isWide) {
    throw new Error(`internal: layer "${reader}" cannot read "${name}" as a map of bytes`);
  }
  return map.address;
}

function reserveMap(
  workspace: Workspace,
  { shape, isWide }: { readonly shape: MapShape; readonly isWide: boolean },
): CodeMap {
  const length = elements(shape);
  return { address: workspace.reserve(length * (isWide ? 4 : 1)), length, isWide };
}

function reserveScratch(
  workspace: Workspace,
  layers: readonly QuantizedLayer[],
  geometries: readonly Geometry[],
) {
  const needs = layers.map((layer, i) => scratchNeeds(layer.kind, geometries[i]));
  const largest = (part: 'padded' | 'sums' | 'acc') =>
    workspace.reserve(needs.reduce((most, need) => Math.max(most, need[part]), 0));
  return { padded: largest('padded'), sums: largest('sums'), acc: largest('acc') };
}

interface RequantizeParts {
  readonly layer: QuantizedLayer;
  readonly map: CodeMap;
  /** Address of the residual's codes, 0 for none. */
  readonly residual: number;
  readonly acc: number;
}

function requantizeStep(
  workspace: Workspace,
  { layer, map, residual, acc }: RequantizeParts,
): (kernels: Kernels) => void {
  const table = workspace.place(affineTable(layer));
  const [rows, cols, channels] = layer.outputShape;
  const pitch = pitchOf(layer.outputShape);
  const { clampLow, clampHigh } = layer;
  return (kernels) =>
    kernels.requantize(
      acc,
      residual,
      table,
      map.address,
      rows * cols,
      channels,
      pitch,
      clampLow,
      clampHigh,
      Number(map.isWide),
    );
}

function readerOf({ buffer }: Instance, { address, length, isWide }: CodeMap): () => Values {
  const view = isWide
    ? new Int32Array(buffer, address, length)
    : new Uint8Array(buffer, address, length);
  return () => view;
}

/** Copies the accumulators without the lanes that fill up the last vector. */
function accumulatorReader({ buffer }: Instance, acc: number, shape: MapShape): () => Values {
  const pitch = pitchOf(shape);
  const [rows, cols, channels] = shape;
  const view = new Int32Array(buffer, acc, rows * cols * pitch);
  if (pitch === channels) return () => view;
  const packed = new Int32Array(elements(shape));
  return () => {
    for (let pixel = 0; pixel < rows * cols; pixel++) {
      packed.set(view.subarray(pixel * pitch, pixel * pitch + channels), pixel * channels);
    }
    return packed;
  };
}
