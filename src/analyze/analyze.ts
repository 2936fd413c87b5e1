/**
 * @file The paper's pictures and laws for one network: `adderforge analyze`.
 */
import { type Issue, throwIfAny } from '../issues.ts';
import type { FloatBatch } from '../kernels/evaluate-float.ts';
import { quote } from '../model/names.ts';
import type { FloatModel } from '../model/types.ts';
import { type Progress, silent } from '../progress.ts';
import { useBackend } from '../train/backend.ts';
import { findLayers } from './find-layers.ts';
import { measureDistributions, tracedImages } from './measure-distributions.ts';
import { measureGradients } from './measure-gradients.ts';
import { measureVariances } from './measure-variances.ts';
import type { Analysis, NetworkAnalysis } from './types.ts';

/** Factor of the adaptive rate in the public code. */
const ETA = 0.2;

export interface AnalyzeRequest {
  readonly model: FloatModel;
  /** The same layers, multiplying: what the adder network is held against. */
  readonly twin?: FloatModel;
  /** Name of the data set, for the report. */
  readonly dataset: string;
  /** Training images: bytes, channels last; at least two, and a label each. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
  readonly threads?: number;
  readonly progress?: Progress;
}

/**
 * Measure distributions, gradients and variances of a network and its twin.
 *
 * Throws a `DesignError` when the twin reads other images or lacks layers, and when the network cannot be trained.
 */
export async function analyze(request: AnalyzeRequest): Promise<Analysis> {
  const { model, twin, dataset, count, progress = silent } = request;
  throwIfAny(twin === undefined ? [] : compareLayers(model, twin));
  await useBackend();
  const models = twin === undefined ? [model] : [model, twin];
  const traced = Math.min(...models.map((each) => tracedImages(each, count)));
  const networks: NetworkAnalysis[] = [];
  for (const [i, each] of models.entries()) {
    const told: Progress = (done, _, unit) =>
      progress(i * count + done, models.length * count, unit);
    networks.push(await analyzeNetwork({ ...request, model: each, progress: told }, traced));
  }
  return {
    dataset,
    images: count,
    tracedImages: traced,
    eta: ETA,
    network: networks[0],
    ...(twin === undefined ? {} : { twin: networks[1] }),
  };
}

async function analyzeNetwork(
  { model, images, labels, count, threads, progress }: AnalyzeRequest,
  traced: number,
): Promise<NetworkAnalysis> {
  const batch: FloatBatch = { model, images, count, ...(threads === undefined ? {} : { threads }) };
  return {
    name: model.name,
    arch: model.arch,
    distributions: await measureDistributions({ ...batch, count: traced }),
    variances: await measureVariances({ ...batch, ...(progress && { progress }) }),
    gradients: measureGradients({ model, images, labels, count, eta: ETA }),
  };
}

function compareLayers(model: FloatModel, twin: FloatModel): Issue[] {
  const action = `Cannot compare ${quote(model.name)} with ${quote(twin.name)}`;
  const remedy = 'Name a network of the same layers as the twin';
  const issues: Issue[] = [];
  const [read, twinRead] = [model, twin].map(({ inputShape }) => inputShape.join(' x '));
  if (read !== twinRead) {
    issues.push({ problem: `${action}: it reads images of ${read}, the twin ${twinRead}`, remedy });
  }
  const known = new Set(findLayers(twin).map(({ name }) => name));
  const missing = findLayers(model).filter(({ name }) => !known.has(name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => quote(name)).join(', ');
    const share = `${missing.length} of ${findLayers(model).length} layers`;
    issues.push({ problem: `${action}: the twin lacks ${share}, ${names}`, remedy });
  }
  return issues;
}
