import { join } from 'node:path';
import { MissingToolError, runTool, ToolError } from '../sim/tool.ts';
import { packageRoot } from '../src/package-root.ts';

/** What PyTorch takes for a training step. */
export interface TorchStep {
  /** Of the fastest step. */
  readonly seconds: number;
  /** Least CPU time of a step, of all threads. */
  readonly cpuSeconds: number;
  readonly steps: number;
  readonly version: string;
}

/** What to time: see bench/torch_addernet.py. */
export interface TorchCase {
  readonly name: 'layer' | 'lenet5-bn';
  readonly batch: number;
  readonly threads: number;
  readonly seconds: number;
  /** Whether freed memory is kept by the allocator; see the script. */
  readonly memory: 'default' | 'kept';
}

const CANDIDATES = ['python3', '/usr/bin/python3'];

/** The first Python that can import torch. */
export async function findTorch(): Promise<string | undefined> {
  for (const command of CANDIDATES) {
    try {
      await python(command, ['-c', 'import torch']);
      return command;
    } catch (error) {
      if (!(error instanceof MissingToolError || error instanceof ToolError)) throw error;
    }
  }
  return undefined;
}

/** Time a training step of the public adder layer. */
export async function torchStep(command: string, request: TorchCase): Promise<TorchStep> {
  const { name, batch, threads, seconds, memory } = request;
  const script = join(packageRoot, 'bench', 'torch_addernet.py');
  const args = [script, name, String(batch), String(threads), String(seconds), memory];
  return JSON.parse(await python(command, args)) as TorchStep;
}

async function python(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await runTool({
    command,
    args,
    install: 'Install Python 3 and PyTorch: apt install python3-torch',
  });
  return stdout;
}
