/**
 * @file The float network: a graph of named nodes, readonly data that prints as JSON.
 *
 * Maps are channels last (`[height, width, channels]`), kernels `[out, kernelHeight, kernelWidth, in]`
 * ("OHWI"): the order in which the golden model, the planner and the accelerator walk them.
 * A node's output is known by the node's name; the network's input is the name `input`.
 */

/** `[height, width, channels]`. */
export type MapShape = readonly [number, number, number];

/** Name of the tensor that enters the network. */
export const INPUT = 'input';

/** A float tensor; `data` holds `shape`'s product of elements, the last dimension fastest. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface NodeBase {
  /** Unique; letters, digits, `.`, `_`, `-` only (checked on reading, since it ends in reports and RTL comments). */
  readonly name: string;
}

/** Adder convolution, AdderNet eq 3: `Y = -sum |X - F|`; a padded tap contributes `-|F|`. */
export interface AdderConvNode extends NodeBase {
  readonly kind: 'adderConv';
  readonly input: string;
  /** Name of the OHWI weight tensor. */
  readonly weight: string;
  readonly stride: number;
  readonly padding: number;
}

/** Ordinary convolution, eq 1; optional bias of shape `[out]`. */
export interface ConvNode extends NodeBase {
  readonly kind: 'conv';
  readonly input: string;
  readonly weight: string;
  readonly bias?: string;
  readonly stride: number;
  readonly padding: number;
}

/** Fully connected layer on a flattened map; weight `[out, in]`, multiplying or adding differences. */
export interface LinearNode extends NodeBase {
  readonly kind: 'linear' | 'adderLinear';
  readonly input: string;
  readonly weight: string;
  readonly bias?: string;
}

/** Batch normalization with running statistics; the four tensors have shape `[channels]`. */
export interface BatchNormNode extends NodeBase {
  readonly kind: 'batchNorm';
  readonly input: string;
  readonly gamma: string;
  readonly beta: string;
  readonly mean: string;
  readonly variance: string;
  readonly epsilon: number;
}

export interface ReluNode extends NodeBase {
  readonly kind: 'relu';
  readonly input: string;
}

/** Sum of two maps of equal shape: a residual connection. */
export interface AddNode extends NodeBase {
  readonly kind: 'add';
  readonly inputs: readonly [string, string];
}

/** Square pooling; a padded tap is ignored by `maxPool` and counts as zero in `avgPool`. */
export interface PoolNode extends NodeBase {
  readonly kind: 'maxPool' | 'avgPool';
  readonly input: string;
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

/** `[h, w, c]` to `[1, 1, h * w * c]`, channels fastest. */
export interface FlattenNode extends NodeBase {
  readonly kind: 'flatten';
  readonly input: string;
}

export type FloatNode =
  | AdderConvNode
  | ConvNode
  | LinearNode
  | BatchNormNode
  | ReluNode
  | AddNode
  | PoolNode
  | FlattenNode;

/** How an image's bytes become the network's input: `x = (byte / 255 - mean[c]) / std[c]`. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** How reals of one map are codes: `code = clamp(round(x / step) + zeroPoint, lowCode, highCode)`. */
export interface MapRounding {
  /** `input`, or the layer whose output it is: a layer is known by the node of its operation. */
  readonly layer: string;
  readonly step: number;
  /** Bits of a code. */
  readonly width: number;
  readonly zeroPoint: number;
  readonly lowCode: number;
  readonly highCode: number;
}

/** How one layer reads codes, and how its integer sums are corrected: `sum' = gain[c] * sum + offset[c]`. */
export interface LayerRounding {
  readonly layer: string;
  /** Low bits of its input's codes that an adder layer leaves away; 0 for others. */
  readonly inputShift: number;
  /** Of an adder layer's operands and weights; what others say is not read. */
  readonly actWidth: number;
  readonly weightWidth: number;
  readonly gain: readonly number[];
  readonly offset: readonly number[];
}

/** The rounding that a network was fine-tuned with; `quantize` rounds it the same way again. */
export interface Rounding {
  /** The widths that were asked for. */
  readonly widths: {
    readonly actWidth: number;
    readonly weightWidth: number;
    readonly inputWidth: number;
    readonly storeWidth: number;
  };
  readonly maps: readonly MapRounding[];
  readonly layers: readonly LayerRounding[];
}

/** A trained network. */
export interface FloatModel {
  readonly name: string;
  /** Architecture it was imported or trained as, for example `resnet20`. */
  readonly arch: string;
  readonly inputShape: MapShape;
  readonly normalization: Normalization;
  /** In an order in which every node follows its inputs; the last one is the output. */
  readonly nodes: readonly FloatNode[];
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  /** Where it came from: source file name, sha256, licence; free text by key. */
  readonly provenance: Readonly<Record<string, string>>;
  /** Of a network that was fine-tuned for few bits. */
  readonly rounding?: Rounding;
}
