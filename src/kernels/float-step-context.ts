import type { FloatModel, FloatNode, MapShape } from '../model/types.ts';
import type { Geometry } from './geometry.ts';
import type { Kernels } from './instance.ts';
import type { Workspace } from './workspace.ts';

/** Bytes of a float. */
export const BYTES = 4;

/** Where a map lies. */
interface Place {
  readonly address: number;
  readonly shape: MapShape;
}

/** What a node's step is planned from. */
export interface FloatStepContext<Node extends FloatNode = FloatNode> {
  readonly model: FloatModel;
  readonly node: Node;
  readonly workspace: Workspace;
  readonly place: (name: string) => Place;
}

/** Compute the node from the maps it reads. */
export type Run = (kernels: Kernels) => void;

type PaddingContext = Pick<FloatStepContext, 'workspace' | 'place'> & {
  readonly node: { readonly input: string };
};

/** The input map, copied into a frame of `border` when the layer pads. */
export function paddedSource(
  { node, workspace, place }: PaddingContext,
  { input, padding, paddedSize }: Geometry,
  border: number,
): (kernels: Kernels) => number {
  const { address } = place(node.input);
  if (padding === 0) return () => address;
  const padded = workspace.reserve(paddedSize * BYTES);
  return (kernels) => {
    kernels.padFloat(address, padded, ...input, padding, border);
    return padded;
  };
}
