import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';

/** Put a `yosys` that says it is of this version, and fails at everything else, alone on PATH. */
export async function fakeYosys(folder: string, version: string): Promise<void> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const program = join(bin, 'yosys');
  const lines = [
    `#!${process.execPath}`,
    'const version = process.argv.includes("-V");',
    `console.log(version ? "Yosys ${version} (fake)" : "ERROR: this yosys is a fake");`,
    'process.exitCode = version ? 0 : 1;',
  ];
  await writeFile(program, `${lines.join('\n')}\n`);
  await chmod(program, 0o755);
  vi.stubEnv('PATH', bin);
}
