import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCheckpoint } from '../../src/model/import.ts';
import { inferShapes } from '../../src/model/infer-shapes.ts';
import { summarizeModel } from '../../src/model/summary.ts';
import { realData } from '../data/real-data.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adderforge-import-'));
});
afterAll(() => rm(folder, { recursive: true }));

const official = realData('addernet', 'ResNet20-AdderNet.pth');

describe('importCheckpoint', () => {
  it.skipIf(!official)('importCheckpoint() reads the official ResNet-20', async () => {
    const model = await importCheckpoint({ path: official!, arch: 'resnet20' });
    expect(model.name).toBe('resnet20');
    expect(model.provenance).toEqual({
      source: 'ResNet20-AdderNet.pth',
      sha256: 'fe3ad7c15573d34cddd9b3ec2eed12d9c2c818e59cd7d0797a954d6f76ea375b',
      arch: 'resnet20',
    });
    // 3x3: 6 * 16*16*9 + (16*32 + 5 * 32*32) * 9 + (32*64 + 5 * 64*64) * 9 = 13824 + 50688 + 202752;
    // 1x1: 16*32 + 32*64 = 2560; together 269824.
    // conv1 3*16*9 * 1024 = 442368, fc 64*10 = 640.
    expect(summarizeModel(model)).toEqual({
      adderLayers: 20,
      adderWeights: 269_824,
      // 269824 + 432 + 640 + 4 * (channels of the batch normalizations: 7*16 + 7*32 + 7*64 + 10 = 794)
      parameters: 274_072,
      sadOps: 40_370_176,
      multiplyAdds: 443_008,
    });
    expect(inferShapes(model).get('layer3.2.relu2')).toEqual([8, 8, 64]);
    expect(inferShapes(model).get('bn2')).toEqual([1, 1, 10]);
  });

  it.skipIf(!official)('importCheckpoint() lists what is missing when blocks are', async () => {
    const wrong = importCheckpoint({ path: official!, arch: 'resnet32' });
    // Blocks 3 and 4 of three groups: 6 blocks of 2 adders and 2 * 4 batch normalization tensors.
    const error = await wrong.catch((e) => e);
    expect(error.issues.length).toBe(60);
    expect(error.issues[0].problem).toBe(
      'Cannot build "resnet32": tensor "layer1.3.conv1.adder" of 16 x 16 x 3 x 3 is missing',
    );
  });

  it('importCheckpoint() names the known architectures when it does not know one', async () => {
    await expect(importCheckpoint({ path: 'x', arch: 'alexnet' })).rejects.toThrow(
      /"alexnet": it is not known\n {2}Choose one of resnet20, resnet32, vgg-small, lenet5-bn/,
    );
  });

  it('importCheckpoint() refuses a missing file, a folder and a name that is not allowed', async () => {
    const path = join(folder, 'none.pth');
    await expect(importCheckpoint({ path, arch: 'resnet20' })).rejects.toThrow(
      /^Cannot read checkpoint ".*none\.pth": no such file or directory\n {2}Check the path$/,
    );
    await expect(importCheckpoint({ path: folder, arch: 'resnet20' })).rejects.toThrow(
      /it is no file/,
    );
    await expect(importCheckpoint({ path, arch: 'resnet20', name: '../x' })).rejects.toThrow(
      /Cannot name the model "..\/x"/,
    );
  });

  it('importCheckpoint() refuses a file that is no checkpoint', async () => {
    const path = join(folder, 'text.pth');
    await writeFile(path, 'hello, this is no checkpoint');
    await expect(importCheckpoint({ path, arch: 'resnet20' })).rejects.toThrow(
      /neither a PyTorch checkpoint/,
    );
  });
});
