/**
 * @file A folder of idx files with the names of MNIST's, any number and size of images; each as it is or with `.gz`.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseIdx } from '../../data/idx.ts';
import { asFileIssue } from '../../file-issue.ts';
import { fail } from '../../issues.ts';
import { MAX_MAP_SIZE } from '../../model/limits.ts';
import { readOwnFile } from './own-file.ts';
import type { LabelledImages } from './training-set.ts';

/** Read `train-*` and `t10k-*` (or `test-*`) images and labels. */
export async function openIdxFolder(
  folder: string,
): Promise<readonly [LabelledImages, LabelledImages]> {
  const files = await readdir(folder).catch((error) => {
    throw asFileIssue(`open image folder "${folder}"`, error);
  });
  const find = (prefixes: readonly string[], rest: string): string => {
    const names = prefixes.flatMap((prefix) => [`${prefix}-${rest}`, `${prefix}-${rest}.gz`]);
    const found = names.find((name) => files.includes(name));
    if (found !== undefined) return join(folder, found);
    return fail(
      `Cannot open image folder "${folder}": none of ${names.join(', ')} is in it`,
      'Name the folder that holds the idx files, and the files as MNIST names them',
    );
  };
  const open = (prefixes: readonly string[]) =>
    openPair(find(prefixes, 'images-idx3-ubyte'), find(prefixes, 'labels-idx1-ubyte'));
  return [await open(['train']), await open(['t10k', 'test'])];
}

async function openPair(imageFile: string, labelFile: string): Promise<LabelledImages> {
  const images = parseIdx(await readOwnFile(imageFile), { file: imageFile, rank: 3 });
  const labels = parseIdx(await readOwnFile(labelFile), { file: labelFile, rank: 1 });
  const [count, height, width] = images.shape;
  const remedy = 'Write the files again, one label for each image';
  if (labels.shape[0] !== count) {
    fail(
      `Cannot use "${imageFile}": it holds ${count} images, "${labelFile}" ${labels.shape[0]} labels`,
      remedy,
    );
  }
  if (count === 0 || [height, width].some((size) => size < 1 || size > MAX_MAP_SIZE)) {
    fail(`Cannot use "${imageFile}": it holds ${count} images of ${height} x ${width}`, remedy);
  }
  return {
    name: `"${basename(imageFile)}"`,
    shape: [height, width, 1],
    images: images.data,
    labels: labels.data,
    count,
  };
}
