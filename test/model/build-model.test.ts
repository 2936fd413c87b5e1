import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../src/model/architectures/architecture.ts';
import { architectureNames, findArchitecture } from '../../src/model/architectures/registry.ts';
import { buildModel, toOhwi } from '../../src/model/build-model.ts';
import { elementCount } from '../../src/model/element-count.ts';
import { inferShapes } from '../../src/model/infer-shapes.ts';
import { isName } from '../../src/model/names.ts';
import { summarizeModel } from '../../src/model/summary.ts';
import type { FloatTensor } from '../../src/model/types.ts';

const identity = { name: 'm', provenance: {} };

/** Every tensor of an architecture, in the chosen one of its accepted shapes; values count up. */
function stateDictOf(arch: Architecture, form = 0): Map<string, FloatTensor> {
  return new Map(
    arch.tensors.map(({ key, accepts }) => {
      const shape = accepts[Math.min(form, accepts.length - 1)];
      const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => i);
      return [key, { shape, data }] as const;
    }),
  );
}

describe('architectures', () => {
  it.each([
    // resnet20 is counted by hand in import.test.ts
    ['resnet20', { adderLayers: 20, adderWeights: 269_824, sadOps: 40_370_176 }],
    // 10*2304 + (16*32 + 9*32*32)*9 + (32*64 + 9*64*64)*9 + 512 + 2048 weights;
    // 23040*1024 + 87552*256 + 350208*64 + 512*256 + 2048*64 operations
    ['resnet32', { adderLayers: 32, adderWeights: 463_360, sadOps: 68_681_728 }],
    // 9 * (128*128*1024 + 128*256*256 + 256*256*256 + 256*512*64 + 512*512*64)
    ['vgg-small', { adderLayers: 5, adderWeights: 4_571_136, sadOps: 603_979_776 }],
    // 28*28*6*25 + 10*10*16*150 + 400*120 + 120*84 + 84*10
    ['lenet5-bn', { adderLayers: 5, adderWeights: 61_470, sadOps: 416_520 }],
  ])('findArchitecture() gives a sound %s with the published sizes', (name, sizes) => {
    const model = buildModel(findArchitecture(name), stateDictOf(findArchitecture(name)), identity);
    expect(summarizeModel(model)).toMatchObject(sizes);
    expect(inferShapes(model).get(model.nodes.at(-1)!.name)).toEqual([1, 1, 10]);
  });

  it('architectures have names that a model folder allows', () => {
    expect(architectureNames).toEqual(['resnet20', 'resnet32', 'vgg-small', 'lenet5-bn', 'tiny']);
    for (const name of architectureNames) {
      const { nodes, tensors } = findArchitecture(name);
      for (const node of nodes) expect(isName(node.name)).toBe(true);
      for (const { tensor } of tensors) expect(isName(tensor)).toBe(true);
      expect(new Set(tensors.map(({ key }) => key)).size).toBe(tensors.length);
    }
  });

  it('architectures use the documented keys', () => {
    const keys = (name: string) => findArchitecture(name).tensors.map(({ key }) => key);
    expect(keys('resnet20')).toContain('layer2.0.downsample.0.adder');
    expect(keys('resnet20')).not.toContain('layer1.0.downsample.0.adder');
    expect(keys('vgg-small').filter((key) => /adder|features\.0|classifier/.test(key))).toEqual([
      'features.0.weight',
      ...['features.3.adder', 'features.7.adder', 'features.10.adder'],
      ...['features.14.adder', 'features.17.adder'],
      ...['classifier.weight', 'classifier.bias'],
    ]);
    expect(keys('lenet5-bn').filter((key) => key.endsWith('adder'))).toEqual([
      ...['conv1.adder', 'conv2.adder', 'fc1.adder', 'fc2.adder', 'fc3.adder'],
    ]);
  });
});

describe('toOhwi', () => {
  it('toOhwi() moves the input channel to the end', () => {
    // out 1, in 2, rows 1, columns 3: planes 0 1 2 | 3 4 5
    expect([...toOhwi(Float32Array.of(0, 1, 2, 3, 4, 5), [1, 2, 1, 3])]).toEqual([
      0, 3, 1, 4, 2, 5,
    ]);
  });
});

describe('buildModel', () => {
  const arch = findArchitecture('lenet5-bn');

  it('buildModel() turns a fully connected layer to channels last, in whichever form it is stored', () => {
    const models = [0, 1, 2].map((form) => buildModel(arch, stateDictOf(arch, form), identity));
    const [first] = models.map(({ tensors }) => tensors.get('fc1.weight')!);
    expect(first.shape).toEqual([120, 400]);
    // Ours, position (row 0, column 1, channel 2) = 1 * 16 + 2 = 18; torch's (2, 0, 1) = 2 * 25 + 1 = 51.
    expect(first.data[18]).toBe(51);
    // Output 1 begins at 400 in both.
    expect(first.data[400 + 18]).toBe(451);
    for (const { tensors } of models) expect(tensors.get('fc1.weight')).toEqual(first);
    expect(models[0].tensors.get('bn3.gamma')!.data[7]).toBe(7);
  });

  it('buildModel() does not change the state dict', () => {
    const dict = stateDictOf(arch);
    buildModel(arch, dict, identity);
    expect(dict).toEqual(stateDictOf(arch));
  });

  it('buildModel() reports everything that does not fit at once', () => {
    const dict = stateDictOf(arch);
    dict.delete('conv2.adder');
    dict.set('conv1.adder', { shape: [6, 3, 5, 5], data: new Float32Array(450) });
    dict.set('fc3.adder', { shape: [100, 84], data: new Float32Array(8400) });
    dict.set('bn1.num_batches_tracked', { shape: [], data: Float32Array.of(9) });
    dict.set('extra\n.weight', { shape: [2], data: new Float32Array(2) });
    dict.set('bn1.weight', { shape: [6], data: Float32Array.of(1, 2, Number.NaN, 4, 5, 6) });
    dict.set('bn2.running_var', { shape: [16], data: new Float32Array(16).fill(-1) });
    let issues: readonly { problem: string }[] = [];
    try {
      buildModel(arch, dict, identity);
    } catch (error) {
      issues = (error as { issues: typeof issues }).issues;
    }
    expect(issues.map(({ problem }) => problem.replace('Cannot build "lenet5-bn": ', ''))).toEqual([
      'tensor "conv1.adder" is 6 x 3 x 5 x 5, 6 x 1 x 5 x 5 was expected',
      'tensor "bn1.weight" has the value NaN at element 2',
      'tensor "conv2.adder" of 16 x 6 x 5 x 5 is missing',
      'tensor "bn2.running_var" has the variance -1',
      'tensor "fc3.adder" is 100 x 84, 10 x 84 or 10 x 84 x 1 x 1 was expected',
      'tensor "extra\\n.weight" of 2 belongs to no layer of it',
    ]);
  });

  it('buildModel() leaves out a bias that the checkpoint leaves out', () => {
    const vgg = findArchitecture('vgg-small');
    const dict = stateDictOf(vgg);
    expect(buildModel(vgg, dict, identity).nodes.at(-1)).toHaveProperty('bias', 'classifier.bias');
    dict.delete('classifier.bias');
    const model = buildModel(vgg, dict, identity);
    expect(model.nodes.at(-1)).not.toHaveProperty('bias');
    expect(inferShapes(model).get('classifier')).toEqual([1, 1, 10]);
  });
});
