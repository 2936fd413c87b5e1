import type { Manifest } from '../../src/manifest.ts';

/** Cycles to trace: from `start` up to, not including, `stop`. */
export interface TraceWindow {
  readonly start: number;
  readonly stop: number;
}

/** What one simulation does. */
export interface RunRequest {
  readonly images: number;
  readonly seed: number;
  /** Probability of a stall in a cycle of either stream, 0 to below 1. */
  readonly stallProbability: number;
  readonly trace?: TraceWindow;
}

/** Write `run.txt`, which `sim/verilator/run_file.h` reads: words and integers only, no name of the model enters it. */
export function runFileText(manifest: Manifest, request: RunRequest): string {
  const { hardware, inputShape, layers } = manifest;
  const [height, width, channels] = inputShape;
  const lines: (readonly (string | number)[])[] = [
    ['images', request.images],
    ['inputValues', height * width * channels],
    ['seed', request.seed],
    ['stallPartsPerMillion', Math.round(request.stallProbability * 1e6)],
    ['version', versionWord(manifest.generator)],
    ['lanes', hardware.lanes],
    ['blockPixels', hardware.blockPixels],
    ['monitorWidth', hardware.monitorWidth],
    ['outStreamWidth', hardware.outStreamWidth],
  ];
  if (request.trace) {
    lines.push(['traceStart', request.trace.start], ['traceStop', request.trace.stop]);
  }
  for (const { shape, tileChannels, outWidth, outSigned, plannedCycles } of layers) {
    lines.push(['op', ...shape, tileChannels, outWidth, outSigned ? 1 : 0, plannedCycles]);
  }
  return lines.map((line) => `${line.join(' ')}\n`).join('');
}

/** `adderforge 1.2.3` as the VERSION register says it: major, minor and patch in bits 31:16, 15:8 and 7:0. */
function versionWord(generator: string): number {
  const [major = 0, minor = 0, patch = 0] = (/(\d+)\.(\d+)\.(\d+)/.exec(generator) ?? [])
    .slice(1)
    .map(Number);
  return ((major << 16) | (minor << 8) | patch) >>> 0;
}
