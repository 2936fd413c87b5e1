/**
 * @file A training step against PyTorch running the public AdderNet layer, on the same CPU with as many threads.
 *
 * PyTorch computes what bench/torch_addernet.py says; it is a yardstick and no part of the program. Ours is the
 * WASM backend with our kernels, a step as `adderforge train` takes it. Both sides keep their fastest step.
 */
import { pathToFileURL } from 'node:url';
import { formatTable } from '../src/report/table.ts';
import { findTorch, torchStep } from './find-torch.ts';
import { layerStep, networkStep, type StepRunner } from './train-step.ts';

const SECONDS = 4;
const WARM_UP = 5;

const CASES = [
  { name: 'layer', title: 'layer 32x32x16->16, 3x3', batch: 64, start: layerStep },
  { name: 'lenet5-bn', title: 'LeNet-5-BN', batch: 64, start: networkStep },
  { name: 'lenet5-bn', title: 'LeNet-5-BN', batch: 128, start: networkStep },
] as const;
const THREADS = [1, 2];

/** Milliseconds of one step. */
export interface TrainSpeed {
  readonly title: string;
  readonly batch: number;
  readonly threads: number;
  readonly ours: number;
  /** Absent where no Python has PyTorch. */
  readonly torch: number | undefined;
}

/** Measure every case, ours and PyTorch's one after the other; `python` can import torch. */
export async function measureTrain(python: string | undefined): Promise<readonly TrainSpeed[]> {
  const speeds: TrainSpeed[] = [];
  for (const { name, title, batch, start } of CASES) {
    for (const threads of THREADS) {
      const ours = await fastestStep(await start({ batch, threads }));
      const torch =
        python === undefined
          ? undefined
          : (await torchStep(python, { name, batch, threads, seconds: SECONDS })).seconds;
      speeds.push({ title, batch, threads, ours: ours * 1000, torch: torch && torch * 1000 });
    }
  }
  return speeds;
}

async function fastestStep({ step, end }: StepRunner): Promise<number> {
  try {
    for (let i = 0; i < WARM_UP; i++) await step();
    let best = Number.POSITIVE_INFINITY;
    const stop = performance.now() + SECONDS * 1000;
    while (performance.now() < stop) {
      const start = performance.now();
      await step();
      best = Math.min(best, performance.now() - start);
    }
    return best / 1000;
  } finally {
    await end();
  }
}

/** Print the measurements as a table. */
export async function benchTrain(): Promise<void> {
  const python = await findTorch();
  if (python === undefined) {
    console.log(
      'PyTorch is not compared: no python3 here can import torch (apt install python3-torch)',
    );
  }
  const speeds = await measureTrain(python);
  const round = (value: number) => Math.round(value * 10) / 10;
  console.log('Training step: forward, both gradients, optimizer; milliseconds');
  console.log(
    formatTable({
      header: ['step', 'batch', 'threads', 'ours', 'PyTorch', 'times faster'],
      rows: speeds.map(({ title, batch, threads, ours, torch }) => [
        title,
        batch,
        threads,
        round(ours),
        torch === undefined ? null : round(torch),
        torch === undefined ? null : round(torch / ours),
      ]),
    }),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await benchTrain();
