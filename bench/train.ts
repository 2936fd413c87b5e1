/**
 * @file A training step against PyTorch running the public AdderNet layer, on the same CPU with as many threads.
 *
 * PyTorch computes what bench/torch_addernet.py says; it is a yardstick and no part of the program. It runs as it is
 * installed, and once more with an allocator that keeps its memory, which it gains much from. Ours is the WASM
 * backend with our kernels, a step as `adderforge train` takes it. All take turns and keep their fastest step; the
 * CPU time (of all threads) is there because other work on the machine disturbs it less.
 */
import { pathToFileURL } from 'node:url';
import { formatTable } from '../src/report/table.ts';
import { findTorch, torchStep } from './find-torch.ts';
import { layerStep, networkStep, type StepRunner } from './train-step.ts';

const SECONDS = 3;
const ROUNDS = 2;
const WARM_UP = 5;

const CASES = [
  { name: 'layer', title: 'layer 32x32x16->16, 3x3', batch: 64, start: layerStep },
  { name: 'lenet5-bn', title: 'LeNet-5-BN', batch: 64, start: networkStep },
  { name: 'lenet5-bn', title: 'LeNet-5-BN', batch: 128, start: networkStep },
] as const;
const THREADS = [1, 2];

/** Seconds of the fastest step, and the least CPU time of one. */
export interface StepTime {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** One case; PyTorch's times are absent where no Python has it. */
export interface TrainSpeed {
  readonly title: string;
  readonly batch: number;
  readonly threads: number;
  readonly ours: StepTime;
  readonly torch?: StepTime;
  /** With an allocator that keeps memory. */
  readonly torchKept?: StepTime;
}

/** Measure every case; `python` can import torch. */
export async function measureTrain(python: string | undefined): Promise<readonly TrainSpeed[]> {
  const speeds: TrainSpeed[] = [];
  for (const { name, title, batch, start } of CASES) {
    for (const threads of THREADS) {
      const times = { ours: [] as StepTime[], default: [] as StepTime[], kept: [] as StepTime[] };
      for (let round = 0; round < ROUNDS; round++) {
        times.ours.push(await timeSteps(await start({ batch, threads })));
        if (python === undefined) continue;
        for (const memory of ['default', 'kept'] as const) {
          const request = { name, batch, threads, seconds: SECONDS, memory };
          times[memory].push(await torchStep(python, request));
        }
      }
      speeds.push({
        title,
        batch,
        threads,
        ours: fastest(times.ours),
        ...(python === undefined
          ? {}
          : { torch: fastest(times.default), torchKept: fastest(times.kept) }),
      });
    }
  }
  return speeds;
}

function fastest(times: readonly StepTime[]): StepTime {
  return {
    seconds: Math.min(...times.map(({ seconds }) => seconds)),
    cpuSeconds: Math.min(...times.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

async function timeSteps({ step, end }: StepRunner): Promise<StepTime> {
  try {
    for (let i = 0; i < WARM_UP; i++) await step();
    const times: StepTime[] = [];
    const stop = performance.now() + SECONDS * 1000;
    while (performance.now() < stop) {
      const [start, cpu] = [performance.now(), process.cpuUsage()];
      await step();
      const { user, system } = process.cpuUsage(cpu);
      times.push({
        seconds: (performance.now() - start) / 1e3,
        cpuSeconds: (user + system) / 1e6,
      });
    }
    return fastest(times);
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
  const cells = (time: StepTime | undefined) =>
    time === undefined ? [null, null] : [round(time.seconds * 1e3), round(time.cpuSeconds * 1e3)];
  const times = (time: StepTime | undefined, ours: StepTime) =>
    time === undefined ? null : round(time.seconds / ours.seconds);
  console.log('Training step: forward, both gradients, optimizer; milliseconds');
  console.log(
    formatTable({
      header: [
        'step',
        'batch',
        'threads',
        'ours',
        'CPU',
        'PyTorch',
        'CPU',
        'times ours',
        'PyTorch, memory kept',
        'CPU',
        'times ours',
      ],
      rows: speeds.map(({ title, batch, threads, ours, torch, torchKept }) => [
        title,
        batch,
        threads,
        ...cells(ours),
        ...cells(torch),
        times(torch, ours),
        ...cells(torchKept),
        times(torchKept, ours),
      ]),
    }),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await benchTrain();
