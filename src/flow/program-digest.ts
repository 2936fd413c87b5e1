import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import { digestIfPresent, digestOfPath, digestOfValue } from './digest.ts';

/**
 * Digest of the program itself: its compiled modules and kernels (through the build's list of them) and its templates.
 *
 * A flow's results depend on it: after an update, or an edit of the sources and a build, every step runs again.
 */
export function programDigest(): string {
  const templates = join(packageRoot, 'templates');
  return digestOfValue([
    digestOfPath(join(packageRoot, 'package.json')),
    digestIfPresent(join(packageRoot, 'dist', '.build.json')) ?? null,
    existsSync(templates) ? digestOfPath(templates) : null,
  ]);
}
