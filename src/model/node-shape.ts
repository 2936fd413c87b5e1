import { elementCount } from './element-count.ts';
import { MAX_KERNEL } from './limits.ts';
import { quote } from './names.ts';
import type { FloatNode, FloatTensor, MapShape } from './types.ts';

/** Names of the maps that a node reads. */
export function nodeInputs(node: FloatNode): readonly string[] {
  return node.kind === 'add' ? node.inputs : [node.input];
}

/** Names of the tensors that a node reads. */
export function nodeTensors(node: FloatNode): readonly string[] {
  switch (node.kind) {
    case 'adderConv':
      return [node.weight];
    case 'conv':
    case 'linear':
    case 'adderLinear':
      return node.bias === undefined ? [node.weight] : [node.weight, node.bias];
    case 'batchNorm':
      return [node.gamma, node.beta, node.mean, node.variance];
    default:
      return [];
  }
}

/** Rows or columns that a window visits: `floor((size + 2 padding - kernel) / stride) + 1`. */
export function windowCount({ size, kernel, stride, padding }: Window): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

export interface Window {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

type Report = (reason: string, remedy: string) => void;

interface NodeContext {
  readonly node: FloatNode;
  /** Shapes of the maps it reads. */
  readonly inputs: readonly MapShape[];
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  readonly report: Report;
}

/** The shape of a node's output; `undefined` after a report. */
export function nodeShape(context: NodeContext): MapShape | undefined {
  const { node, inputs, report } = context;
  const [shape] = inputs;
  switch (node.kind) {
    case 'adderConv':
    case 'conv':
      return convShape(context, node);
    case 'linear':
    case 'adderLinear':
      return linearShape(context, node);
    case 'batchNorm': {
      const wanted = [shape[2]];
      const fit = nodeTensors(node).map((name) => tensorFits(context, name, wanted));
      return fit.every(Boolean) ? shape : undefined;
    }
    case 'relu':
      return shape;
    case 'add': {
      const [a, b] = inputs;
      if (a.every((size, d) => size === b[d])) return a;
      report(
        `it adds maps of ${a.join(' x ')} and ${b.join(' x ')}`,
        'Bring both branches to one shape, for example by a 1 x 1 layer with a stride',
      );
      return undefined;
    }
    case 'maxPool':
    case 'avgPool':
      if (node.padding * 2 > node.size) {
        report(
          `its padding is ${node.padding}, more than half of its size ${node.size}`,
          'Use less padding',
        );
        return undefined;
      }
      return windowShape(context, { ...node, kernel: [node.size, node.size], channels: shape[2] });
    case 'flatten':
      return [1, 1, elementCount(shape)];
    default:
      return node satisfies never;
  }
}

function convShape(
  context: NodeContext,
  node: Extract<FloatNode, { kind: 'adderConv' | 'conv' }>,
): MapShape | undefined {
  const weight = context.tensors.get(node.weight);
  if (weight === undefined) return missingTensor(context, node.weight);
  const { shape } = weight;
  const channels = context.inputs[0][2];
  if (shape.length !== 4 || shape[3] !== channels || elementCount(shape) === 0) {
    context.report(
      `its weight is ${shape.join(' x ')}, its input has ${channels} channels`,
      'Weights are out x rows x columns x in, and in is the number of input channels',
    );
    return undefined;
  }
  if (node.kind === 'conv' && !biasFits(context, node.bias, shape[0])) return undefined;
  return windowShape(context, { ...node, kernel: [shape[1], shape[2]], channels: shape[0] });
}

function linearShape(
  context: NodeContext,
  node: Extract<FloatNode, { kind: 'linear' | 'adderLinear' }>,
): MapShape | undefined {
  const weight = context.tensors.get(node.weight);
  if (weight === undefined) return missingTensor(context, node.weight);
  const [rows, columns, channels] = context.inputs[0];
  if (rows !== 1 || columns !== 1) {
    context.report(
      `its input is ${context.inputs[0].join(' x ')}, a flat map of 1 x 1 x n is needed`,
      'Put a flatten node before it',
    );
    return undefined;
  }
  const { shape } = weight;
  if (shape.length !== 2 || shape[1] !== channels || elementCount(shape) === 0) {
    context.report(
      `its weight is ${shape.join(' x ')}, its input has ${channels} elements`,
      'Weights are out x in, and in is the number of input elements',
    );
    return undefined;
  }
  return biasFits(context, node.bias, shape[0]) ? [1, 1, shape[0]] : undefined;
}

function biasFits(context: NodeContext, bias: string | undefined, channels: number): boolean {
  return bias === undefined || tensorFits(context, bias, [channels]);
}

function tensorFits(context: NodeContext, name: string, wanted: readonly number[]): boolean {
  const tensor = context.tensors.get(name);
  if (tensor === undefined) {
    missingTensor(context, name);
    return false;
  }
  if (tensor.shape.join() === wanted.join()) return true;
  context.report(
    `its tensor ${quote(name)} is ${tensor.shape.join(' x ')}, ${wanted.join(' x ')} was expected`,
    'Check that weights and architecture belong together',
  );
  return false;
}

function missingTensor({ report }: NodeContext, name: string): undefined {
  report(`its tensor ${quote(name)} is missing`, 'Check that weights and graph belong together');
}

interface WindowNode {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number;
  /** Of the output. */
  readonly channels: number;
}

function windowShape(
  { inputs: [[rows, columns]], report }: NodeContext,
  { kernel, stride, padding, channels }: WindowNode,
): MapShape | undefined {
  const sound = [...kernel, stride].every((n) => Number.isInteger(n) && n >= 1 && n <= MAX_KERNEL);
  if (!sound || !Number.isInteger(padding) || padding < 0 || padding > MAX_KERNEL) {
    report(
      `its kernel is ${kernel.join(' x ')}, its stride ${stride}, its padding ${padding}`,
      `Use whole numbers of at most ${MAX_KERNEL}, at least 1 for kernel and stride`,
    );
    return undefined;
  }
  if (kernel[0] > rows + 2 * padding || kernel[1] > columns + 2 * padding) {
    report(
      `its kernel of ${kernel.join(' x ')} is larger than its padded input of ${rows + 2 * padding} x ${columns + 2 * padding}`,
      'Use a smaller kernel, more padding, or less pooling before it',
    );
    return undefined;
  }
  return [
    windowCount({ size: rows, kernel: kernel[0], stride, padding }),
    windowCount({ size: columns, kernel: kernel[1], stride, padding }),
    channels,
  ];
}
