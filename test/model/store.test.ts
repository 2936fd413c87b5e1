import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelDigest, readModel, writeModel } from '../../src/model/store.ts';
import { modelKind } from '../../src/quantize/store.ts';
import { ramp, smallModel } from './small-model.ts';

let folder: string;
let dir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adderforge-store-'));
  dir = join(folder, 'small.model');
});
afterEach(() => rm(folder, { recursive: true }));

/** Change `model.json` as text. */
const edit = async (change: (json: string) => string) => {
  const path = join(dir, 'model.json');
  await writeFile(path, change(await readFile(path, 'utf8')));
};

describe('writeModel and readModel', () => {
  it('readModel() returns what writeModel() wrote', async () => {
    const model = smallModel();
    await writeModel(model, dir);
    expect(await readModel(dir)).toEqual(model);
    expect(model).toEqual(smallModel());
    expect(await modelKind(dir)).toBe('float');
    expect(await readdir(folder)).toEqual(['small.model']);
  });

  it('readModel() returns the rounding of a fine-tuned model, and refuses a damaged one', async () => {
    const rounding = {
      widths: { actWidth: 4, weightWidth: 4, inputWidth: 8, storeWidth: 6 },
      maps: [{ layer: 'input', step: 0.1, width: 8, zeroPoint: 128, lowCode: 0, highCode: 255 }],
      layers: [
        {
          layer: 'a',
          inputShift: 2,
          actWidth: 4,
          weightWidth: 4,
          gain: [1.01, 1 / 3],
          offset: [0, -2],
        },
      ],
    };
    await writeModel({ ...smallModel(), rounding }, dir);
    expect(await readModel(dir)).toEqual({ ...smallModel(), rounding });
    await edit((json) => json.replace('"step": 0.1', '"step": -0.1'));
    await expect(readModel(dir)).rejects.toThrow(/"rounding.maps\[0\].step".*: Too small/);
  });

  it('writeModel() gives the same bytes whatever the order of the tensors', async () => {
    await writeModel(smallModel(), dir);
    const digest = await modelDigest(dir);
    const { tensors, ...rest } = smallModel();
    const other = join(folder, 'other.model');
    await writeModel({ tensors: new Map([...tensors].reverse()), ...rest }, other);
    expect(await modelDigest(other)).toBe(digest);
    await writeModel({ ...smallModel(), name: 'other' }, other);
    expect(await modelDigest(other)).not.toBe(digest);
    expect((await readModel(other)).name).toBe('other');
    expect((await readdir(folder)).sort()).toEqual(['other.model', 'small.model']);
  });

  it('writeModel() refuses to replace what is no model', async () => {
    await mkdir(dir);
    await writeFile(join(dir, 'notes.txt'), 'mine');
    await expect(writeModel(smallModel(), dir)).rejects.toThrow(
      /the folder holds "notes.txt", which is no part of a model/,
    );
    await writeFile(join(folder, 'file'), '');
    await expect(writeModel(smallModel(), join(folder, 'file'))).rejects.toThrow(
      /a file of this name is there/,
    );
    await rm(join(dir, 'notes.txt'));
    await writeFile(join(dir, 'model.json'), '{"format":"else"}');
    await expect(writeModel(smallModel(), dir)).rejects.toThrow(/is no model of this program/);
    expect(await readdir(dir)).toEqual(['model.json']);
  });

  it('writeModel() says so when the disk refuses', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeModel(smallModel(), join(folder, 'file', 'x.model'))).rejects.toThrow(
      /^Cannot write model ".*x.model": (not a directory|file already exists)\n {2}/,
    );
  });

  it('writeModel() leaves nothing behind when the model is inconsistent', async () => {
    const { tensors, ...rest } = smallModel();
    const broken = { ...rest, tensors: new Map([...tensors, ['extra', ramp(2)] as const]) };
    await expect(writeModel(broken, dir)).rejects.toThrow(/no node reads tensor "extra"/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each<[string, (json: string) => string, RegExp]>([
    ['not JSON', (json) => json.slice(0, -5), /model.json": it is not JSON/],
    ['another program’s', () => '[]', /it is no model of this program/],
    [
      'of a later version',
      (json) => json.replace('"version": 1', '"version": 2'),
      /its version is "2", this program reads 1/,
    ],
    [
      'a path in disguise',
      (json) => json.replace('"name": "small"', '"name": "../x"'),
      /"name": names have/,
    ],
    [
      'a hidden name',
      (json) => json.replaceAll('"norm"', '".norm"'),
      /"nodes\[1\]\.name": names have/,
    ],
    ['an unknown field', (json) => json.replace('"arch"', '"more": 1, "arch"'), /Unrecognized key/],
    ['a fraction', (json) => json.replace('"stride": 1', '"stride": 1.5'), /"nodes\[0\]\.stride"/],
    [
      'a map without end',
      (json) => json.replace(/5,(\s+)4,/, '65536,$165536,'),
      /"inputShape": a map has at most/,
    ],
    [
      'a normalization too short',
      (json) => json.replace(/0.5,\s+0.25/, '0.5'),
      /1 values for mean, its images 2 channels/,
    ],
    ['an unknown kind', (json) => json.replace('"relu"', '"gelu"'), /"nodes\[2\]\.kind"/],
  ])('readModel() refuses %s', async (_, change, message) => {
    await writeModel(smallModel(), dir);
    await edit(change);
    await expect(readModel(dir)).rejects.toThrow(message);
  });

  it('readModel() refuses weights that are cut, absent or not finite', async () => {
    await writeModel(smallModel(), dir);
    const path = join(dir, 'weights.safetensors');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 4));
    await expect(readModel(dir)).rejects.toThrow(/Cannot read safetensors file/);
    bytes.writeFloatLE(Number.NaN, bytes.length - 4);
    await writeFile(path, bytes);
    await expect(readModel(dir)).rejects.toThrow(/has a value that is no finite number/);
    await rm(path);
    await expect(readModel(dir)).rejects.toThrow(/Cannot read weights .*no such file/);
    await expect(readModel(join(folder, 'none'))).rejects.toThrow(/no such file or directory/);
    await expect(readModel(join(dir, 'model.json'))).rejects.toThrow(/a model is a folder/);
  });
});
