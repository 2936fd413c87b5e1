/**
 * @file Speed of the co-simulation: cycles a second of one process on a 16 x 16 array at 8 bits, every value
 * of every layer compared, and how long the simulator takes to build.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeDesign } from '../generator/emit/write.ts';
import { planDesign } from '../generator/plan/plan.ts';
import { cosim } from '../sim/cosim.ts';
import { silent } from '../src/progress.ts';
import type { ArrayLayer, QuantizedModel } from '../src/quantize/types.ts';

const SIDE = 32;
const CHANNELS = 16;
const KERNEL = 3;
const DEPTH = 4;
const IMAGES = 64;

/** What was measured. */
export interface CosimSpeed {
  readonly cyclesPerSecond: number;
  readonly cyclesPerImage: number;
  readonly mismatches: number;
  /** Seconds of the whole co-simulation, golden model included, once the simulator is built. */
  readonly seconds: number;
  /** Seconds of the first call, which builds the simulator where the cache does not hold it. */
  readonly firstSeconds: number;
}

/** Simulate layers of ResNet-20's first shape in one process. */
export async function measureCosim(): Promise<CosimSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'adderforge-bench-'));
  try {
    const designDir = join(folder, 'design');
    await writeDesign(planDesign(model(), { rows: 16, cols: 16 }), designDir);
    const images = Uint8Array.from(
      { length: IMAGES * SIDE * SIDE * CHANNELS },
      (_, i) => scramble(i) & 255,
    );
    const request = { designDir, images, count: IMAGES, processes: 1, progress: silent };
    const start = performance.now();
    await cosim(request);
    const built = performance.now();
    const { cyclesPerSecond, cyclesPerImage, mismatches } = await cosim(request);
    return {
      cyclesPerSecond,
      cyclesPerImage,
      mismatches,
      seconds: (performance.now() - built) / 1000,
      firstSeconds: (built - start) / 1000,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** 32 bits that look random, from a counter (the finalizer of MurmurHash3). */
function scramble(i: number): number {
  let h = Math.imul(i ^ (i >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function model(): QuantizedModel {
  return {
    name: 'bench',
    arch: 'bench',
    actWidth: 8,
    weightWidth: 8,
    input: {
      shape: [SIDE, SIDE, CHANNELS],
      zeroPoint: 0,
      width: 8,
      codes: Uint8Array.from({ length: CHANNELS * 256 }, (_, i) => i & 255),
    },
    layers: Array.from({ length: DEPTH }, (_, i) => layer(i)),
    provenance: { source: 'bench/cosim.ts' },
  };
}

function layer(index: number): ArrayLayer {
  const terms = KERNEL * KERNEL * CHANNELS;
  const fill = (value: number): Int32Array => new Int32Array(CHANNELS).fill(value);
  return {
    name: `layer${index}`,
    kind: 'adder',
    input: index === 0 ? 'input' : `layer${index - 1}`,
    inputShape: [SIDE, SIDE, CHANNELS],
    outputShape: [SIDE, SIDE, CHANNELS],
    kernel: [KERNEL, KERNEL],
    stride: 1,
    padding: 1,
    padCode: 0,
    weights: Int16Array.from({ length: CHANNELS * terms }, (_, i) => scramble(i + index) & 255),
    planes: 1,
    inputShift: 0,
    actWidth: 8,
    weightWidth: 8,
    affine: {
      // |x - w| of two even draws of 0..255 has mean 85 and deviation 60; 144 of them, about 700: to 64 codes.
      mean: fill(85 * terms),
      mult: fill(-24),
      shift: new Uint8Array(CHANNELS).fill(8),
      bias: new Float64Array(CHANNELS).fill(128 * 256),
    },
    clampLow: 0,
    clampHigh: 255,
    outWidth: 8,
    outSigned: false,
  };
}

/** Print the measurements. */
export async function benchCosim(): Promise<void> {
  const speed = await measureCosim();
  console.log(
    [
      `co-simulation, 16 x 16, 8 bit, one process: ${speed.cyclesPerSecond} cycles/s`,
      `${speed.mismatches} differences; ${speed.cyclesPerImage} cycles an image, ${IMAGES} images`,
      `${speed.seconds.toFixed(1)} s with the golden model; first call ${speed.firstSeconds.toFixed(1)} s`,
    ].join('\n'),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await benchCosim();
