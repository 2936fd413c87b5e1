import { describe, expect, it } from 'vitest';
import { findArchitecture } from '../../../src/model/architectures/registry.ts';
import { inferShapes } from '../../../src/model/infer-shapes.ts';
import { initialModel } from '../../../src/train/network/initial-model.ts';
import { twinOf } from '../../../src/train/network/twin.ts';

function deviation(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
}

describe('initialModel', () => {
  const model = initialModel(findArchitecture('resnet20'), 7);
  const read = (name: string) => model.tensors.get(name)!.data;

  it('initialModel() draws normal weights of the deviations that the literature gives', () => {
    // 36,864 numbers: the deviation of their standard deviation is 1 / sqrt(2 * 36864) = 0.4 %
    expect(deviation(read('layer3.1.conv1.weight'))).toBeCloseTo(1, 1);
    // 640 numbers around sqrt(2 / 64) = 0.177, to 3 %
    expect(deviation(read('fc.weight'))).toBeGreaterThan(0.155);
    expect(deviation(read('fc.weight'))).toBeLessThan(0.2);
    // 432 numbers around sqrt(2 / 27) = 0.272
    expect(deviation(read('conv1.weight'))).toBeGreaterThan(0.235);
    expect(deviation(read('conv1.weight'))).toBeLessThan(0.31);
    const normal = read('layer3.1.conv1.weight');
    // 68.3 % of normal numbers lie within one deviation, 95.4 % within two
    expect(normal.filter((v) => Math.abs(v) < 1).length / normal.length).toBeCloseTo(0.683, 2);
    expect(normal.filter((v) => Math.abs(v) < 2).length / normal.length).toBeCloseTo(0.954, 2);
  });

  it('initialModel() starts normalizations as identities', () => {
    for (const [term, value] of Object.entries({ gamma: 1, beta: 0, mean: 0, variance: 1 })) {
      expect(new Set(read(`bn1.${term}`)), term).toEqual(new Set([value]));
    }
  });

  it('initialModel() gives a sound model that says where it comes from', () => {
    expect(inferShapes(model).get('bn2')).toEqual([1, 1, 10]);
    expect(model).toMatchObject({
      ...{ name: 'resnet20', arch: 'resnet20' },
      provenance: { trainedBy: 'AdderForge', seed: '7' },
    });
  });

  it('initialModel() depends on the seed, and each tensor has numbers of its own', () => {
    const architecture = findArchitecture('resnet20');
    expect(initialModel(architecture, 7)).toEqual(model);
    expect(initialModel(architecture, 8).tensors).not.toEqual(model.tensors);
    expect(read('layer1.0.conv1.weight')).not.toEqual(read('layer1.0.conv2.weight'));
  });

  it('initialModel() gives an optional bias zeros', () => {
    const vgg = initialModel(findArchitecture('vgg-small'), 1);
    expect(vgg.tensors.get('classifier.bias')!.data).toEqual(new Float32Array(10));
  });
});

describe('twinOf', () => {
  it('twinOf() turns adder layers to multiplying ones and changes nothing else', () => {
    const architecture = findArchitecture('lenet5-bn');
    const twin = twinOf(architecture);
    expect(twin.name).toBe('lenet5-bn-twin');
    expect(twin.nodes.map(({ kind }) => kind)).toEqual(
      architecture.nodes.map(
        ({ kind }) => ({ adderConv: 'conv', adderLinear: 'linear' })[kind as 'adderConv'] ?? kind,
      ),
    );
    expect(twin.nodes.map(({ name }) => name)).toEqual(architecture.nodes.map(({ name }) => name));
    expect(architecture.nodes[0].kind).toBe('adderConv');
  });

  it('twinOf() of a model says so in its architecture', () => {
    const model = initialModel(findArchitecture('lenet5-bn'), 1);
    expect(twinOf(model)).toMatchObject({ name: 'lenet5-bn-twin', arch: 'lenet5-bn-twin' });
  });
});
