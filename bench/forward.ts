/**
 * @file Is an adder layer slower than a convolution? Both at equal shapes, forward, on one thread, in one run.
 *
 * Products: the WASM backend's convolution (XNNPACK), that of tfjs-node where it is installed, and our own kernel, which has
 * the loops of our adder kernel and nothing else. Absolute differences: our kernel in the engine that evaluates
 * networks (one image after the other) and in the training layer (whole batch, through TensorFlow.js as
 * XNNPACK's). 8 bit: sums of bytes against sums of 16-bit products. One operation is one `|x - w|` or `x * w` with its addition.
 */
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { DesignError } from '../src/issues.ts';
import { compileKernels } from '../src/kernels/instance.ts';
import { formatTable } from '../src/report/table.ts';
import { type BackendName, useBackend } from '../src/train/backend.ts';
import { adderConv2d } from '../src/train/ops/adder-conv2d.ts';
import { bestSeconds } from './best-seconds.ts';
import { codeLayer, floatLayer, type LayerSize, operationsOf } from './engine-layer.ts';

/** Images a repetition: what a call costs beside its work is shared by them. */
const IMAGES = 8;
const ROUNDS = 8;
const REPETITION = { milliseconds: 60, warmUp: 5 };

const LAYERS: readonly (LayerSize & { readonly name: string })[] = [
  { name: '32x32x16->16, 3x3', ...layer(32, 16, 16), kernel: 3, padding: 1 },
  { name: '16x16x32->32, 3x3', ...layer(16, 32, 32), kernel: 3, padding: 1 },
  { name: '8x8x64->64, 3x3', ...layer(8, 64, 64), kernel: 3, padding: 1 },
  { name: '14x14x6->16, 5x5 (LeNet)', ...layer(14, 6, 16), kernel: 5, padding: 0 },
  { name: '400->120 (LeNet)', ...layer(1, 400, 120), kernel: 1, padding: 0 },
];

function layer(size: number, inChannels: number, outChannels: number) {
  return { size, inChannels, outChannels };
}

/** Speeds of one layer, in 10^9 operations a second. */
export interface ForwardSpeed {
  readonly layer: string;
  /** XNNPACK through TensorFlow.js. */
  readonly wasmConv: number;
  /** Absent where tfjs-node is not installed. */
  readonly nodeConv: number | undefined;
  readonly ourConv: number;
  readonly ourAdder: number;
  readonly layerAdder: number;
  readonly codeConv: number;
  readonly codeAdder: number;
}

/** Measure every layer. */
export async function measureForward(): Promise<readonly ForwardSpeed[]> {
  const module = await compileKernels();
  await useBackend('wasm');
  const speeds = LAYERS.map((size) => {
    const eachImage = (run: () => void) => () => {
      for (let i = 0; i < IMAGES; i++) run();
    };
    const [x, w] = tensorsOf(size);
    const measured = gigaPerSecond(size, {
      wasmConv: () => tf.conv2d(x, w, 1, size.padding).dispose(),
      layerAdder: () =>
        adderConv2d(x, w, { stride: 1, padding: size.padding, weightGradient: 'full' }).dispose(),
      ourConv: eachImage(floatLayer(module, size, 'conv')),
      ourAdder: eachImage(floatLayer(module, size, 'adder')),
      codeConv: eachImage(codeLayer(module, size, 'conv')),
      codeAdder: eachImage(codeLayer(module, size, 'adder')),
    });
    tf.dispose([x, w]);
    return { layer: size.name, ...measured };
  });
  const hasNode = await canUse('tfjs-node');
  return speeds.map((speed, i) => ({
    ...speed,
    nodeConv: hasNode ? nodeSpeed(LAYERS[i]) : undefined,
  }));
}

async function canUse(name: BackendName): Promise<boolean> {
  try {
    await useBackend(name);
    return true;
  } catch (error) {
    if (error instanceof DesignError) return false;
    throw error;
  }
}

function tensorsOf(size: LayerSize): [tf.Tensor4D, tf.Tensor4D] {
  const { inChannels, outChannels, kernel } = size;
  return [
    tf.randomUniform<tf.Rank.R4>([IMAGES, size.size, size.size, inChannels], 0, 3),
    tf.randomNormal<tf.Rank.R4>([kernel, kernel, inChannels, outChannels]),
  ];
}

function nodeSpeed(size: LayerSize): number {
  const [x, w] = tensorsOf(size);
  const run = () => tf.conv2d(x, w, 1, size.padding).dispose();
  const { nodeConv } = gigaPerSecond(size, { nodeConv: run });
  tf.dispose([x, w]);
  return nodeConv;
}

/** Each of `works` computes all images once; they take turns, so that a busy machine slows all of them. */
function gigaPerSecond<Name extends string>(
  size: LayerSize,
  works: Readonly<Record<Name, () => void>>,
): Record<Name, number> {
  const names = Object.keys(works) as Name[];
  const best = new Map(names.map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      best.set(name, Math.min(best.get(name)!, bestSeconds(works[name], REPETITION)));
    }
  }
  const speeds = names.map((name) => [name, (operationsOf(size) * IMAGES) / best.get(name)! / 1e9]);
  return Object.fromEntries(speeds) as Record<Name, number>;
}

/** Print the measurements as tables: speeds, then how an adder compares with each convolution. */
export async function benchForward(): Promise<void> {
  const speeds = await measureForward();
  const node = (value: number | undefined) => (value === undefined ? null : round(value));
  console.log('Forward on one thread, 10^9 operations a second');
  console.log(
    formatTable({
      header: [
        'layer',
        'conv XNNPACK',
        'conv tfjs-node',
        'conv ours',
        'adder ours',
        'adder layer',
        'conv 8 bit',
        'adder 8 bit',
      ],
      rows: speeds.map((row) => [
        row.layer,
        round(row.wasmConv),
        node(row.nodeConv),
        round(row.ourConv),
        round(row.ourAdder),
        round(row.layerAdder),
        round(row.codeConv),
        round(row.codeAdder),
      ]),
    }),
  );
  console.log('\nSpeed of the adder as a multiple of the convolution (1: equal, below: slower)');
  console.log(
    formatTable({
      header: ['layer', 'layer / XNNPACK', 'layer / tfjs-node', 'ours / ours', '8 bit / 8 bit'],
      rows: speeds.map((row) => [
        row.layer,
        round(row.layerAdder / row.wasmConv),
        node(row.nodeConv && row.layerAdder / row.nodeConv),
        round(row.ourAdder / row.ourConv),
        round(row.codeAdder / row.codeConv),
      ]),
    }),
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await benchForward();
