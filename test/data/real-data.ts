/**
 * @file Whether the real data sets are at hand; prints the reason once when a test has to be skipped.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Path under `$ADDERFORGE_DATA`, or `undefined` (with the reason printed) when it is not there. */
export function realData(...parts: string[]): string | undefined {
  const root = process.env.ADDERFORGE_DATA;
  if (!root) {
    console.warn(`skipped: ADDERFORGE_DATA is not set, ${parts.join('/')} is not at hand`);
    return undefined;
  }
  const path = join(root, ...parts);
  if (existsSync(path)) return path;
  console.warn(`skipped: ${parts.join('/')} is not in ADDERFORGE_DATA`);
  return undefined;
}
