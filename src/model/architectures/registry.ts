import { fail } from '../../issues.ts';
import { quote } from '../names.ts';
import type { Architecture } from './architecture.ts';
import { lenet5Bn } from './lenet.ts';
import { cifarResnet } from './resnet.ts';
import { tiny } from './tiny.ts';
import { vggSmall } from './vgg.ts';

const architectures: ReadonlyMap<string, () => Architecture> = new Map([
  ['resnet20', () => cifarResnet('resnet20', 3)],
  ['resnet32', () => cifarResnet('resnet32', 5)],
  ['vgg-small', vggSmall],
  ['lenet5-bn', lenet5Bn],
  ['tiny', tiny],
]);

/** Names that `findArchitecture` knows. */
export const architectureNames: readonly string[] = [...architectures.keys()];

/** The architecture of this name; a `DesignError` lists the known ones. */
export function findArchitecture(name: string): Architecture {
  const architecture = architectures.get(name);
  if (architecture !== undefined) return architecture();
  return fail(
    `Cannot use architecture ${quote(name)}: it is not known`,
    `Choose one of ${architectureNames.join(', ')}`,
  );
}
