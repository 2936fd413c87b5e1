/**
 * @file What the operating system says about a file, as an `Issue`.
 */
import { DesignError } from './issues.ts';

const remedies: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path',
  ENOTDIR: 'Check the path: a part of it is a file',
  EISDIR: 'Name a file, not a folder',
  EACCES: 'Allow this user to read and write there, or choose another path',
  EPERM: 'Allow this user to read and write there, or choose another path',
  EROFS: 'Choose a path on a disk that can be written',
  ENOSPC: 'Free some disk space and run the command again',
  EDQUOT: 'Free some disk space and run the command again',
  EMFILE: 'Raise the limit of open files (ulimit -n)',
};

/**
 * Turn an error of the file system into a `DesignError`; every other error stays as it is.
 *
 * @param action What was being done: `read model "x.model"`.
 */
export function asFileIssue(action: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (!(error instanceof Error) || code === undefined) return error;
  const remedy = remedies[code];
  if (remedy === undefined) return error;
  // Node's text is `ENOSPC: no space left on device, write '<path>'`: keep the words, the caller names the path.
  const reason = error.message.replace(/^\w+: /, '').replace(/,[^,]*$/, '');
  return new DesignError([{ problem: `Cannot ${action}: ${reason}`, remedy }]);
}
