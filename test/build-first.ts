import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';

/** Bring dist/ up to date: worker threads and the command line run compiled modules. */
export function setup(): void {
  execFileSync(process.execPath, [join(packageRoot, '.ci', 'build.mjs')], { stdio: 'inherit' });
}
