/**
 * @file One proof: a harness with an output `ok`, the RTL it holds to account, and Yosys' SAT solver.
 *
 * `induction` shows that `ok` never falls, however long the design runs: from the start for as many steps as
 * the induction needs, and from any state that has been right for so many steps. `bounded` shows it for the
 * first `steps` steps only, which is all there is to show where nothing is remembered for longer.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { withScratchFolder } from '../scratch.ts';
import { runTool } from '../tool.ts';

/** What is to be proven. */
export interface Proof {
  readonly name: string;
  /** Module of `sim/proofs/<harness>.sv`, and its parameters. */
  readonly harness: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Verilog macros. */
  readonly defines?: Readonly<Record<string, string>>;
  /** Names of the harness's own, undriven, and the registers inside the design that they look at. */
  readonly looksAt?: Readonly<Record<string, string>>;
  readonly method: 'induction' | 'bounded';
  /** Steps of a bounded proof; the most that an induction may take. */
  readonly steps: number;
}

/** A source file of the design under proof. */
export interface ProofSource {
  readonly path: string;
  readonly text: string;
}

export type ProofResult =
  | { readonly verdict: 'proven' }
  /** A run of inputs that makes `ok` fall, as the solver prints it. */
  | { readonly verdict: 'refuted'; readonly counterexample: string }
  /** The induction found no end: neither proven nor refuted. */
  | { readonly verdict: 'open' };

/** Prove or refute. Throws `ToolError` when Yosys cannot read the sources. */
export async function prove(proof: Proof, sources: readonly ProofSource[]): Promise<ProofResult> {
  const harness = await readFile(join(packageRoot, 'sim', 'proofs', `${proof.harness}.sv`), 'utf8');
  const files = [...sources, { path: `${proof.harness}.sv`, text: harness }];
  const output = await withScratchFolder(tmpdir(), async (folder) => {
    for (const { path, text } of files) await writeFile(join(folder, path), text);
    const { stdout } = await runTool({
      command: 'yosys',
      args: ['-Q', '-T', '-p', proofScript(proof, files)],
      cwd: folder,
      install: 'Install it (apt-get install yosys)',
    });
    return stdout;
  });
  return readVerdict(output);
}

/** The commands of a proof. */
export function proofScript(proof: Proof, files: readonly ProofSource[]): string {
  const { harness, parameters, defines = {}, looksAt = {}, method, steps } = proof;
  const defined = Object.entries(defines).map(([name, value]) => `-D ${name}=${value}`);
  const set = Object.entries(parameters).map(([name, value]) => `-chparam ${name} ${value}`);
  return [
    `read_verilog -sv ${defined.join(' ')} ${files.map(({ path }) => path).join(' ')}`,
    `hierarchy -check -top ${harness} ${set.join(' ')}`,
    'proc',
    'flatten',
    // A memory's words become registers that can be looked at.
    'memory_collect',
    'memory_map',
    // Before anything takes the undriven names for free choices.
    ...Object.entries(looksAt).map(([name, signal]) => `connect -set ${name} ${signal}`),
    'opt -full',
    method === 'induction'
      ? `sat -tempinduct -prove ok 1 -maxsteps ${steps} -show-ports`
      : `sat -seq ${steps} -prove ok 1 -show-ports`,
  ].join('; ');
}

/** What Yosys says at the end of a proof. */
export function readVerdict(output: string): ProofResult {
  if (/no model found: SUCCESS!|Induction step proven: SUCCESS!/.test(output)) {
    return { verdict: 'proven' };
  }
  const failed = output.search(/model found(?: for base case)?: FAIL!/);
  if (failed >= 0) return { verdict: 'refuted', counterexample: output.slice(failed) };
  if (/Reached maximum number of time steps/.test(output)) return { verdict: 'open' };
  throw new Error(`internal: yosys ends without a verdict: ${output.slice(-500)}`);
}
