/**
 * @file From graph to layers: every node joins the layer whose result it alone reads.
 *
 *     [array or pool] -> batchNorm? -> add (an earlier map)? -> batchNorm? -> relu?
 *
 * An `add` joins the later of its two operands if nobody else reads that operand, otherwise the earlier
 * one on the same terms; the other operand becomes the residual. What cannot join (a sum of two maps
 * that are needed elsewhere, a lone batch normalization) becomes a 1x1 `sumPool` with the same tail.
 */
import { type Issue, throwIfAny } from '../issues.ts';
import { inferShapes } from '../model/infer-shapes.ts';
import { nodeInputs } from '../model/node-shape.ts';
import {
  type AddNode,
  type FloatModel,
  type FloatNode,
  INPUT,
  type MapShape,
} from '../model/types.ts';
import {
  absorbAdd,
  absorbBatchNorm,
  absorbRelu,
  type Chain,
  type ChainPlace,
  passThrough,
  startChain,
} from './chain.ts';
import { findUnusableNumbers } from './check-numbers.ts';
import type { LoweredNetwork } from './lowered.ts';

/**
 * Cut a float network into the layers of `src/quantize/lowered.ts`.
 *
 * Throws a DesignError that names every inconsistency of the graph, every node that no layer can
 * express, and every tensor whose numbers are not finite.
 */
export function lower(model: FloatModel): LoweredNetwork {
  const shapes = new Map<string, MapShape>([...inferShapes(model), [INPUT, model.inputShape]]);
  const { nodes } = model;
  const issues: Issue[] = findUnusableNumbers(model);
  const source = flattenedSources(nodes, shapes);
  const uses = countUses(nodes, source);
  /** The chain that ends in a node, by that node's name. */
  const chains = new Map<string, Chain>();

  const placeOf = (node: FloatNode, input: string): ChainPlace => {
    const { tensor, isFlattened } = source(input);
    const isLinear = node.kind === 'linear' || node.kind === 'adderLinear';
    if (isFlattened && !isLinear) issues.push(flattenIssue(node, tensor));
    return { tensor, inputShape: shapes.get(tensor)!, outputShape: shapes.get(node.name)! };
  };
  const tailOf = (input: string): Chain | undefined => {
    const { tensor, isFlattened } = source(input);
    return !isFlattened && uses.get(tensor) === 1 ? chains.get(tensor) : undefined;
  };
  const join = (node: FloatNode, input: string, extend: (chain: Chain) => Chain | null): void => {
    const tail = tailOf(input);
    const joined = tail ? extend(tail) : null;
    if (joined) chains.delete(tail!.node);
    chains.set(node.name, joined ?? extend(passThrough(node.name, placeOf(node, input)))!);
  };
  const joinAdd = (node: AddNode): void => {
    const laterFirst = [...node.inputs].sort((a, b) => indexOf(nodes, b) - indexOf(nodes, a));
    const joinable = laterFirst.findIndex((input) => {
      const tail = tailOf(input);
      return tail && !tail.isRectified && !tail.residual;
    });
    const host = joinable === 1 ? 1 : 0;
    const residual = placeOf(node, laterFirst[1 - host]).tensor;
    join(node, laterFirst[host], (chain) => absorbAdd(chain, node.name, residual));
  };

  for (const node of nodes) {
    if (node.kind === 'flatten') continue;
    if (node.kind === 'batchNorm') {
      join(node, node.input, (chain) => absorbBatchNorm(chain, node, model));
    } else if (node.kind === 'relu') {
      join(node, node.input, (chain) => absorbRelu(chain, node.name));
    } else if (node.kind === 'add') {
      joinAdd(node);
    } else {
      chains.set(node.name, startChain(model, node, placeOf(node, node.input)));
    }
  }
  throwIfAny(issues);
  return { inputShape: model.inputShape, layers: nameInputs(nodes, chains) };
}

/** Replace names of nodes by the names of the layers that end in them, in the order of their ends. */
function nameInputs(nodes: readonly FloatNode[], chains: ReadonlyMap<string, Chain>): Chain[] {
  const layerName = (tensor: string) =>
    tensor === INPUT ? INPUT : (chains.get(tensor)?.name ?? missing(tensor));
  const inOrder = nodes.flatMap(({ name }) => chains.get(name) ?? []);
  return inOrder.map((chain) => ({
    ...chain,
    input: layerName(chain.input),
    ...(chain.residual && {
      residual: { ...chain.residual, input: layerName(chain.residual.input) },
    }),
  }));
}

function missing(tensor: string): never {
  throw new Error(`internal: map "${tensor}" is read but no layer ends in it`);
}

function indexOf(nodes: readonly FloatNode[], name: string): number {
  return nodes.findIndex((node) => node.name === name);
}

type SourceOf = (input: string) => { readonly tensor: string; readonly isFlattened: boolean };

/** Look through `flatten`: it moves nothing, since maps are stored channels fastest. */
function flattenedSources(
  nodes: readonly FloatNode[],
  shapes: ReadonlyMap<string, MapShape>,
): SourceOf {
  const behind = new Map<string, string>();
  for (const node of nodes) {
    if (node.kind === 'flatten') behind.set(node.name, behind.get(node.input) ?? node.input);
  }
  return (input) => {
    const tensor = behind.get(input) ?? input;
    const [height, width] = shapes.get(tensor)!;
    return { tensor, isFlattened: tensor !== input && height * width > 1 };
  };
}

function countUses(nodes: readonly FloatNode[], source: SourceOf): Map<string, number> {
  const uses = new Map<string, number>();
  for (const node of nodes) {
    if (node.kind === 'flatten') continue;
    for (const input of nodeInputs(node)) {
      const { tensor } = source(input);
      uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
    }
  }
  return uses;
}

function flattenIssue(node: FloatNode, tensor: string): Issue {
  return {
    problem: `Cannot quantize node "${node.name}": a ${node.kind} reads the flattened map of "${tensor}"`,
    remedy: 'Let a linear or adderLinear layer follow the flatten, or move the node before it',
  };
}
