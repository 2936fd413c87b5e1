/**
 * @file Everything a co-simulation needs, read and checked before anything is built: the request, the design's
 * files, its model, and that manifest and model speak of the same maps.
 */
import { join } from 'node:path';
import { fail, type Issue, throwIfAny } from '../src/issues.ts';
import type { Manifest } from '../src/manifest.ts';
import { modelDigest } from '../src/model/store.ts';
import { INPUT } from '../src/model/types.ts';
import type { Progress } from '../src/progress.ts';
import { readQuantized } from '../src/quantize/store.ts';
import type { QuantizedModel } from '../src/quantize/types.ts';
import { readManifest, verifyFiles } from './design.ts';
import type { TraceWindow } from './verilator/run-file.ts';

/** What to simulate. */
export interface CosimRequest {
  readonly designDir: string;
  /** `count` images of input bytes, row by row, channels fastest. */
  readonly images: Uint8Array;
  readonly count: number;
  /** Of a stall in a cycle of either stream, 0 (default) to 0.95. */
  readonly stallProbability?: number;
  readonly seed?: number;
  /** Simulator processes; default: one a core, at most one an image. */
  readonly processes?: number;
  /** `true`: write a waveform around the first difference; or the cycles of the first process to write. */
  readonly trace?: boolean | TraceWindow;
  /** Where the waveform goes; default `cosim.fst` in the design directory. */
  readonly traceFile?: string;
  readonly progress: Progress;
}

/** A checked request. */
export interface Session {
  readonly manifest: Manifest;
  readonly model: QuantizedModel;
  readonly request: CosimRequest;
  readonly seed: number;
  readonly stallProbability: number;
}

/** Read and check; what is wrong is thrown as issues, as many at once as can be known. */
export async function openSession(request: CosimRequest): Promise<Session> {
  const { designDir, images, count, stallProbability = 0, seed = 1, processes = 1 } = request;
  const manifest = await readManifest(designDir);
  const issues: Issue[] = [];
  const refuse = (reason: string, remedy: string): void => {
    issues.push({ problem: `Cannot co-simulate "${designDir}": ${reason}`, remedy });
  };
  if (!(stallProbability >= 0 && stallProbability <= 0.95)) {
    refuse(`a stall probability of ${stallProbability}`, 'Choose one from 0 to 0.95');
  }
  if (!Number.isSafeInteger(seed) || seed < 0)
    refuse(`a seed of ${seed}`, 'Choose an integer from 0 on');
  if (!Number.isInteger(processes) || processes < 1)
    refuse(`${processes} processes`, 'Choose 1 or more');
  if (!Number.isInteger(count) || count < 1) refuse(`${count} images`, 'Choose 1 or more');
  const size = manifest.inputShape.reduce((product, length) => product * length);
  if (images.length !== count * size) {
    refuse(
      `${count} images of ${manifest.inputShape.join('x')} have ${count * size} bytes, ${images.length} were given`,
      'Use a data set of the shape the network was trained for',
    );
  }
  throwIfAny(issues);
  await verifyFiles(designDir, manifest);
  const modelFolder = join(designDir, manifest.model.folder);
  const digest = await modelDigest(modelFolder);
  if (digest !== manifest.model.sha256) {
    fail(
      `Cannot use design "${designDir}": its model has changed since it was generated (sha256 ${digest.slice(0, 12)}, manifest ${manifest.model.sha256.slice(0, 12)})`,
      'Generate the design again',
    );
  }
  const model = await readQuantized(modelFolder);
  checkShapes({ designDir, manifest, model });
  return { manifest, model, request, seed, stallProbability };
}

/** The manifest is a file like any other: what it says of the maps must be what the model says. */
function checkShapes(design: {
  readonly designDir: string;
  readonly manifest: Manifest;
  readonly model: QuantizedModel;
}): void {
  const { designDir, manifest, model } = design;
  const shapes = new Map([
    [INPUT, model.input.shape],
    ...model.layers.map(({ name, outputShape }) => [name, outputShape] as const),
  ]);
  const claims = [
    { tensor: INPUT, shape: manifest.inputShape },
    ...manifest.layers.map(({ tensor, shape }) => ({ tensor, shape })),
    { tensor: model.layers.at(-1)!.name, shape: manifest.layers.at(-1)!.shape },
  ];
  throwIfAny(
    claims.flatMap(({ tensor, shape }): Issue[] => {
      const own = shapes.get(tensor);
      if (own?.join() === shape.join()) return [];
      const problem = `Cannot use design "${designDir}": its manifest says "${tensor}" is ${shape.join('x')}, its model ${own ? `${own.join('x')}` : 'has no such map'}`;
      return [{ problem, remedy: 'Generate the design again' }];
    }),
  );
}
