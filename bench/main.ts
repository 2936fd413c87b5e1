/**
 * @file `npm run bench [-- name ...]`: every benchmark, or the named ones. Each prints what it measures.
 */
import { benchCosim } from './cosim.ts';
import { benchForward } from './forward.ts';
import { benchKernels } from './kernels.ts';
import { benchTrain } from './train.ts';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  kernels: benchKernels,
  forward: benchForward,
  train: benchTrain,
  cosim: benchCosim,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => benchmarks[name] === undefined);
if (unknown.length > 0) {
  console.error(
    `Cannot run benchmark "${unknown.join('", "')}": there is none of this name\n  Choose from ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exit(1);
}
for (const [name, bench] of Object.entries(benchmarks)) {
  if (asked.length === 0 || asked.includes(name)) await bench();
}
