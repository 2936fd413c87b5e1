/**
 * @file Worker thread of `make-stimulus.ts`: the golden model beside the simulator.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type StimulusJob, writeStimulus } from './stimulus.ts';

if (parentPort) {
  const port = parentPort;
  writeStimulus(workerData as StimulusJob, () => port.postMessage('image'));
}
