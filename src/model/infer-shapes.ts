/**
 * @file The shape of every map of a network, and everything that is inconsistent in its graph.
 */
import { type Issue, throwIfAny } from '../issues.ts';
import { MAX_MAP_ELEMENTS, MAX_NODES } from './limits.ts';
import { isName, nameRule, quote } from './names.ts';
import { nodeInputs, nodeShape } from './node-shape.ts';
import { type FloatModel, INPUT, type MapShape } from './types.ts';

/** The part of a model that shapes depend on. */
export type Graph = Pick<FloatModel, 'inputShape' | 'nodes' | 'tensors'>;

/**
 * The output shape of every node, by the node's name; the network's input is not in it.
 *
 * Throws a `DesignError` with every inconsistency: unknown inputs and tensors, duplicate names, channels that
 * do not match, kernels larger than their map, sums of unlike maps, maps beyond the limits.
 */
export function inferShapes(graph: Graph): Map<string, MapShape> {
  const { shapes, issues } = checkGraph(graph);
  throwIfAny(issues);
  return shapes;
}

/** What `inferShapes` finds; nodes that depend on a faulty one are passed over. */
export function checkGraph(graph: Graph): {
  readonly shapes: Map<string, MapShape>;
  readonly issues: readonly Issue[];
} {
  const issues: Issue[] = [];
  const shapes = new Map<string, MapShape>();
  const { nodes } = graph;
  if (nodes.length === 0 || nodes.length > MAX_NODES) {
    issues.push({
      problem: `Cannot use the network: it has ${nodes.length} nodes, 1 to ${MAX_NODES} are possible`,
      remedy: 'Check the architecture',
    });
    return { shapes, issues };
  }
  const known = new Set<string>([INPUT]);
  const mapShapes = new Map<string, MapShape>([[INPUT, graph.inputShape]]);
  for (const node of nodes) {
    const report = (reason: string, remedy: string): void => {
      issues.push({ problem: `Cannot use node ${quote(node.name)}: ${reason}`, remedy });
    };
    if (!isName(node.name)) report('its name is not allowed', `Use ${nameRule}`);
    if (known.has(node.name))
      report('another node has the same name', 'Give every node its own name');
    const inputs = nodeInputs(node);
    for (const input of inputs) {
      if (!known.has(input)) {
        report(
          `its input ${quote(input)} is not the output of an earlier node`,
          'List nodes in an order in which every node follows its inputs',
        );
      }
    }
    known.add(node.name);
    const inputShapes = inputs.map((input) => mapShapes.get(input));
    if (inputShapes.some((shape) => shape === undefined)) continue;
    const shape = nodeShape({
      node,
      inputs: inputShapes as readonly MapShape[],
      tensors: graph.tensors,
      report,
    });
    if (shape === undefined) continue;
    if (shape[0] * shape[1] * shape[2] > MAX_MAP_ELEMENTS) {
      report(
        `its output has ${shape.join(' x ')} elements, the most is ${MAX_MAP_ELEMENTS}`,
        'Use smaller images or fewer channels',
      );
      continue;
    }
    mapShapes.set(node.name, shape);
    shapes.set(node.name, shape);
  }
  issues.push(...unread(graph));
  return { shapes, issues };
}

/** Only the last node may be read by nobody. */
function unread({ nodes }: Graph): Issue[] {
  const read = new Set(nodes.flatMap(nodeInputs));
  return nodes
    .slice(0, -1)
    .filter(({ name }) => !read.has(name))
    .map(({ name }) => ({
      problem: `Cannot use node ${quote(name)}: no node reads its output, and it is not the last one`,
      remedy: 'Remove the node, or connect it',
    }));
}
