/**
 * @file Progress of a training on standard error: one line that changes on a terminal, else a line now and then; and a
 * line that stays for each epoch.
 */
import ora, { type Ora } from 'ora';
import type { StepEvent } from '../train/run/events.ts';
import type { LogEntry } from '../train/run/training-folder.ts';
import { duration, type ProgressSink, standardError } from './show-progress.ts';

const LINE_EVERY_MS = 10_000;

/** `Epoch 3 of 50, step 120 of 234: loss 0.081, 97.6 % right (6210 images/s, 7 min 12 s left)`. */
export function stepLine(event: StepEvent): string {
  const { epoch, epochs, step, steps, loss, accuracy, imagesPerSecond, secondsLeft } = event;
  const speed = imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0);
  return `Epoch ${epoch} of ${epochs}, step ${step} of ${steps}: loss ${loss.toFixed(4)}, ${accuracy.toFixed(2)} % right (${speed} images/s, ${duration(secondsLeft)} left)`;
}

/** `Epoch 3 of 50: loss 0.081, 97.60 % right, 98.40 % on test images, rate 0.0991, 9.4 s (6210 images/s)`. */
export function epochLine(entry: LogEntry, epochs: number): string {
  const { epoch, rate, trainLoss, trainTop1, agreement, testTop1, seconds, imagesPerSecond } =
    entry;
  const same = agreement === undefined ? '' : `, ${agreement.toFixed(2)} % as the float network`;
  const test = testTop1 === undefined ? '' : `, ${testTop1.toFixed(2)} % on test images`;
  return `Epoch ${epoch} of ${epochs}: loss ${trainLoss.toFixed(4)}, ${trainTop1.toFixed(2)} % right${same}${test}, rate ${rate.toPrecision(3)}, ${seconds.toFixed(1)} s (${imagesPerSecond.toFixed(0)} images/s)`;
}

/** Where a training tells how far it is; `end` must be called. */
export interface ShownTraining {
  readonly onStep: (event: StepEvent) => void;
  readonly onEpoch: (entry: LogEntry, epochs: number) => void;
  /** Say something in between. */
  readonly tell: (line: string) => void;
  readonly end: () => void;
}

/** Begin to show a training. */
export function showTraining(sink: ProgressSink = standardError): ShownTraining {
  let shownAt = sink.clock();
  let spinner: Ora | undefined;
  const end = (): void => {
    spinner?.stop();
    spinner = undefined;
  };
  const tell = (line: string): void => {
    end();
    sink.write(line);
  };
  const onStep = (event: StepEvent): void => {
    if (sink.interactive) {
      // Left to itself ora would take over standard input and with it Ctrl-C.
      spinner ??= ora({ stream: process.stderr, discardStdin: false }).start();
      spinner.text = stepLine(event);
    } else if (sink.clock() - shownAt >= LINE_EVERY_MS) {
      shownAt = sink.clock();
      sink.write(stepLine(event));
    }
  };
  return { onStep, onEpoch: (entry, epochs) => tell(epochLine(entry, epochs)), tell, end };
}

/** Shows nothing (`--quiet`). */
export const hiddenTraining: ShownTraining = {
  onStep: () => {},
  onEpoch: () => {},
  tell: () => {},
  end: () => {},
};
