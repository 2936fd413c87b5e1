/** @file Logic cells of an iCE40 netlist, as nextpnr packs them: LUT, register and carry in one cell or not. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withScratchFolder } from '../scratch.ts';
import { runTool } from '../tool.ts';
import type { Yosys } from '../yosys/find-yosys.ts';
import { runYosys } from '../yosys/run-yosys.ts';

const INSTALL = 'Install it (apt-get install nextpnr-ice40)';

/** Version of nextpnr, as it calls itself. */
export async function nextpnrVersion(): Promise<string> {
  const { stdout, stderr } = await runTool({
    command: 'nextpnr-ice40',
    args: ['--version'],
    install: INSTALL,
  });
  const version = /Version ([\w.+-]+)/.exec(stdout + stderr)?.[1];
  if (version === undefined) throw new Error('internal: nextpnr does not say its version');
  return version;
}

/** Synthesize for iCE40 HX and pack; gives the logic cells. */
export async function packIce40(request: {
  readonly yosys: Yosys;
  readonly top: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}): Promise<number> {
  const { yosys, top, files } = request;
  const sources = [...files.keys()].join(' ');
  const netlist = await runYosys({
    yosys,
    files,
    output: 'netlist.json',
    script: `read_verilog -sv ${sources}; hierarchy -check -top ${top}; synth_ice40 -device hx -top ${top} -json netlist.json`,
  });
  return withScratchFolder(tmpdir(), async (folder) => {
    await writeFile(join(folder, 'netlist.json'), netlist);
    const { stdout, stderr } = await runTool({
      command: 'nextpnr-ice40',
      args: ['--hx8k', '--package', 'ct256', '--pack-only', '--json', 'netlist.json'],
      cwd: folder,
      install: INSTALL,
    });
    return packedCells(stdout + stderr);
  });
}

/** Add up what nextpnr says of its packing. */
export function packedCells(log: string): number {
  const kinds = [...log.matchAll(/(\d+) LCs used (?:as|to legalise)/g)];
  if (kinds.length === 0) throw new Error('internal: nextpnr does not say what it packed');
  return kinds.reduce((sum, [, cells]) => sum + Number(cells), 0);
}
