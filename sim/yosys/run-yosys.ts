import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asFileIssue } from '../../src/file-issue.ts';
import { withScratchFolder } from '../scratch.ts';
import { runTool } from '../tool.ts';
import type { Yosys } from './find-yosys.ts';

/** One run of yosys. */
export interface YosysRun {
  readonly yosys: Yosys;
  /** Commands, one a line. */
  readonly script: string;
  /** What the script reads, by path relative to the folder it runs in; paths are checked by `readDesign`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Paths of the files that the script writes. */
  readonly outputs: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Run a script in a folder of its own that holds `files`, and give the texts it wrote to `outputs`, in their order.
 *
 * Both kinds of yosys see the same folder, so they do the same.
 */
export async function runYosys(run: YosysRun): Promise<string[]> {
  const { yosys, script, files, outputs, signal } = run;
  try {
    return await withScratchFolder(tmpdir(), async (folder) => {
      for (const [path, content] of files) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
      await runTool({
        command: yosys.command,
        args: [...yosys.firstArgs, '-Q', '-T', '-p', script],
        cwd: folder,
        install: 'Install it (apt install yosys)',
        ...(signal === undefined ? {} : { signal }),
      });
      return await Promise.all(outputs.map((path) => readFile(join(folder, path), 'utf8')));
    });
  } catch (error) {
    throw asFileIssue('run yosys in the temporary folder', error);
  }
}
