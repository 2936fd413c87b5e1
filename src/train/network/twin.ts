import type { FloatNode } from '../../model/types.ts';

/** The part of a model or an architecture that a twin differs in. */
interface Named {
  readonly name: string;
  readonly nodes: readonly FloatNode[];
}

/**
 * The convolution twin of a model or an architecture: every adder layer multiplies, all else is the same.
 *
 * The paper compares these two. A model's weights are kept as they are; start an architecture's twin with
 * `initialModel` to have weights that suit products.
 */
export function twinOf<T extends Named>(network: T): T {
  const twinName = (name: string) => `${name}-twin`;
  return {
    ...network,
    name: twinName(network.name),
    ...('arch' in network && { arch: twinName(String(network.arch)) }),
    nodes: network.nodes.map(multiplying),
  };
}

function multiplying(node: FloatNode): FloatNode {
  switch (node.kind) {
    case 'adderConv':
      return { ...node, kind: 'conv' };
    case 'adderLinear':
      return { ...node, kind: 'linear' };
    default:
      return node;
  }
}
