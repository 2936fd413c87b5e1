import type { FloatModel, Rounding } from '../../model/types.ts';
import type { BackendName } from '../backend.ts';
import type { TrainingData } from '../data/open-training-data.ts';
import type { TrainSettings } from '../types.ts';
import type { StepEvent } from './events.ts';
import type { LogEntry } from './training-folder.ts';

/** A network, how and on what to train it, and where the result goes. */
export interface TrainModelRequest {
  readonly recipe: string;
  /** The network with its first weights. */
  readonly model: FloatModel;
  /** The network to learn from and its digest, where `settings.distill` asks for one. */
  readonly teacher?: { readonly model: FloatModel; readonly digest: string } | undefined;
  /** Where those come from: `random`, or the digest of a model. */
  readonly start: string;
  readonly settings: TrainSettings;
  readonly data: TrainingData;
  /** Model folder to write; `<output>.training` keeps the run until then, `<output>.log.jsonl` its log afterwards. */
  readonly output: string;
  /** Go on with the run that is kept for this output. */
  readonly resume: boolean;
  readonly threads?: number | undefined;
  readonly backend?: BackendName | undefined;
  /** Compute as the integer network of this rounding does; the trained model brings it along. */
  readonly rounding?: Rounding | undefined;
  /** Bits of `rounding`; 0 without. */
  readonly quantize: number;
  /** Report accuracy on the test images (with a rounding: the integer network's) after every so many epochs (and the last); 0 for never. */
  readonly evaluateEvery: number;
  /** Stops after the running step, saved. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((event: StepEvent) => void) | undefined;
  readonly onEpoch?: ((entry: LogEntry, epochs: number) => void) | undefined;
}
