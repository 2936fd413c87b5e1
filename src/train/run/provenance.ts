import type { FloatModel } from '../../model/types.ts';
import type { TrainModelRequest } from './train-request.ts';
import type { LogEntry } from './training-folder.ts';

/** The trained model with everything written down that it takes to train it again. */
export function withProvenance(
  model: FloatModel,
  { recipe, settings, data, start, quantize }: TrainModelRequest,
  log: readonly LogEntry[],
): FloatModel {
  const last = log.at(-1);
  const { localRate, augmentation, weightGradient, epochs, batch, shard, rate, schedule, seed } =
    settings;
  const local = localRate.kind === 'adaptive' ? `eta ${localRate.eta}` : `x ${localRate.factor}`;
  // Adam knows neither momentum nor decay nor the layers' local rates.
  const isAdam = settings.optimizer === 'adam';
  const optimizer = isAdam
    ? `adam, rate ${settings.affineRate} of everything but adder weights`
    : `momentum ${settings.momentum}, weight decay ${settings.weightDecay}`;
  const facts = {
    recipe,
    start,
    dataset: `${data.training.name}, ${data.training.count} training images`,
    settings: `${epochs} epochs, batch ${batch} in shards of ${shard}, rate ${rate} (cosine by ${schedule}), ${optimizer}`,
    adderLayers: isAdam
      ? `${weightGradient} gradient`
      : `${weightGradient} gradient, ${localRate.kind} local rate, ${local}`,
    augmentation: `shift ${augmentation.shift}, flip ${augmentation.flip}`,
    seed: String(seed),
    ...(quantize > 0 && { fakeQuantization: `${quantize} bits` }),
    ...(settings.distill > 0 && { distillation: `share ${settings.distill}` }),
    ...(last && { trainTop1: last.trainTop1.toFixed(2) }),
    ...(last?.testTop1 !== undefined && { testTop1: last.testTop1.toFixed(2) }),
  };
  return { ...model, provenance: { ...model.provenance, ...facts } };
}
