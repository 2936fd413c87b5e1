import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asFileIssue } from '../file-issue.ts';

/**
 * Write a report as one HTML file, whole or not at all; a file that is there is replaced.
 *
 * Synchronous, so that no signal is handled while the file beside it exists.
 */
export function writePage(html: string, path: string): void {
  const suffix = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const fresh = join(dirname(path), `.${basename(path)}.new-${suffix}`);
  try {
    writeFileSync(fresh, html);
    renameSync(fresh, path);
  } catch (error) {
    throw asFileIssue(`write report "${path}"`, error);
  } finally {
    // After the rename there is nothing to remove; what cannot be removed was never made.
    rmSync(fresh, { force: true });
  }
}
