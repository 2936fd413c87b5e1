/** @file Logic cells of an iCE40 netlist, as nextpnr packs them: LUT, register and carry in one cell or not. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withScratchFolder } from '../scratch.ts';
import { runTool } from '../tool.ts';
import type { Yosys } from '../yosys/find-yosys.ts';
import { runYosys } from '../yosys/run-yosys.ts';
import type { Nextpnr } from './find-nextpnr.ts';

/** Synthesize for iCE40 HX and pack; gives the logic cells. */
export async function packIce40(request: {
  readonly yosys: Yosys;
  readonly nextpnr: Nextpnr;
  readonly top: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}): Promise<number> {
  const { yosys, nextpnr, top, files } = request;
  const sources = [...files.keys()].join(' ');
  const [netlist] = await runYosys({
    yosys,
    files,
    outputs: ['netlist.json'],
    script: `read_verilog -sv ${sources}; hierarchy -check -top ${top}; synth_ice40 -device hx -top ${top} -json netlist.json`,
  });
  return withScratchFolder(tmpdir(), async (folder) => {
    await writeFile(join(folder, 'netlist.json'), netlist!);
    const { stdout, stderr } = await runTool({
      command: nextpnr.command,
      args: [
        ...nextpnr.firstArgs,
        '--hx8k',
        '--package',
        'ct256',
        '--pack-only',
        '--json',
        'netlist.json',
      ],
      cwd: folder,
      install: 'Install it again',
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
