/**
 * @file The RTL as three independent tools read it: Verilator, Yosys and Icarus Verilog, with every warning
 * on and none waived. A clean design makes them print nothing.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../src/manifest.ts';
import { readManifest } from './design.ts';
import { inParallel } from './in-parallel.ts';
import { runTool, ToolError } from './tool.ts';
import { installVerilator } from './verilator/toolchain.ts';

/** What a tool printed about a module. */
export interface LintFinding {
  readonly tool: 'verilator' | 'yosys' | 'iverilog';
  /** The module it took as the top of the design. */
  readonly top: string;
  readonly output: string;
}

interface Check {
  readonly tool: LintFinding['tool'];
  readonly top: string;
  readonly args: readonly string[];
}

const install: Readonly<Record<LintFinding['tool'], string>> = {
  verilator: installVerilator,
  yosys: 'Install it (apt-get install yosys)',
  iverilog: 'Install it (apt-get install iverilog)',
};

/**
 * Check a design directory; the result is empty when all three tools are content.
 *
 * Verilator takes every module as a top with its default parameters, since a module may be reused by itself;
 * Yosys and Icarus elaborate the whole accelerator.
 */
export async function lintDesign(designDir: string): Promise<readonly LintFinding[]> {
  const manifest = await readManifest(designDir);
  const files = manifest.sources.map(({ file }) => file);
  const checks: readonly Check[] = [
    ...(await moduleNames(designDir, manifest)).map((top): Check => {
      const args = ['--lint-only', '-Wall', '--no-timing', '--top-module', top, ...files];
      return { tool: 'verilator', top, args };
    }),
    { tool: 'yosys', top: manifest.top, args: ['-q', '-p', yosysScript(manifest)] },
    {
      tool: 'iverilog',
      top: manifest.top,
      // The null target elaborates and writes nothing.
      args: ['-g2012', '-Wall', '-t', 'null', '-s', manifest.top, ...files],
    },
  ];
  const findings = await inParallel(checks, async ({ tool, top, args }) => ({
    tool,
    top,
    output: await outputOf({ tool, args, designDir }),
  }));
  return findings.filter(({ output }) => output !== '');
}

/** Names are checked by `readManifest`: they hold nothing that a Yosys script would read as more than a name. */
function yosysScript({ sources, top }: Manifest): string {
  const files = sources.map(({ file }) => file).join(' ');
  return [
    `read_verilog -sv ${files}`,
    `hierarchy -check -top ${top}`,
    'proc',
    'opt',
    // Not after `memory`: Yosys 0.23 leaves the wire behind that a registered read port replaces, and calls
    // it undriven, for the plainest of ROMs.
    'check -assert',
  ].join('; ');
}

/** Modules that the sources define: one a file, by our own style, but any number is found. */
async function moduleNames(designDir: string, { sources }: Manifest): Promise<readonly string[]> {
  const texts = await Promise.all(
    sources.map(({ file }) => readFile(join(designDir, file), 'utf8')),
  );
  return texts.flatMap((text) =>
    [...text.matchAll(/^\s*module\s+([A-Za-z_]\w*)/gm)].map(([, name]) => name!),
  );
}

async function outputOf(run: {
  readonly tool: LintFinding['tool'];
  readonly args: readonly string[];
  readonly designDir: string;
}): Promise<string> {
  const { tool, args, designDir } = run;
  try {
    const { stdout, stderr } = await runTool({
      command: tool,
      args,
      cwd: designDir,
      install: install[tool],
    });
    return `${stdout}\n${stderr}`.trim();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [error.failure.cause, ...error.failure.lastLines].join('\n');
  }
}
