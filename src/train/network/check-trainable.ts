import type { Issue } from '../../issues.ts';
import { nodeTensors } from '../../model/node-shape.ts';
import type { FloatModel } from '../../model/types.ts';

/** Everything about a sound network that its training cannot express. */
export function findUntrainable({ nodes }: FloatModel): Issue[] {
  const issues: Issue[] = [];
  const ownerOf = new Map<string, string>();
  for (const node of nodes) {
    for (const tensor of nodeTensors(node)) {
      const owner = ownerOf.get(tensor);
      ownerOf.set(tensor, owner ?? node.name);
      if (owner === undefined) continue;
      issues.push({
        problem: `Cannot train node "${node.name}": its tensor "${tensor}" belongs to node "${owner}" too`,
        remedy: 'Give every node tensors of its own',
      });
    }
    if (node.kind === 'maxPool' && node.padding > 0) {
      issues.push({
        problem: `Cannot train node "${node.name}": its maximum pads by ${node.padding}, only 0 is possible`,
        remedy: 'Pool without padding, or pad the convolution before it',
      });
    }
  }
  if (ownerOf.size === 0) {
    issues.push({
      problem: `Cannot train the network: none of its ${nodes.length} nodes has weights`,
      remedy: 'Add a layer that has some',
    });
  }
  return issues;
}
