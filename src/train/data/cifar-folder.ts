/**
 * @file A folder of files in the CIFAR-10 binary format, any number of images in each; each as it is or with `.gz`.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CIFAR_RECORD, CIFAR_SIDE, parseCifar } from '../../data/cifar.ts';
import { asFileIssue } from '../../file-issue.ts';
import { fail } from '../../issues.ts';
import { readOwnFile } from './own-file.ts';
import type { LabelledImages } from './training-set.ts';

const IMAGE_BYTES = CIFAR_RECORD - 1;

/** Read `data_batch*.bin` (or `train*.bin`) for training and `test*.bin` for testing, in the order of their names. */
export async function openCifarFolder(
  folder: string,
): Promise<readonly [LabelledImages, LabelledImages]> {
  const files = await readdir(folder).catch((error) => {
    throw asFileIssue(`open image folder "${folder}"`, error);
  });
  files.sort();
  const open = (pattern: RegExp, example: string): Promise<LabelledImages> => {
    const found = files.filter((file) => pattern.test(file));
    if (found.length === 0) {
      fail(
        `Cannot open image folder "${folder}": no file named like ${example} is in it`,
        'Name the folder that holds the CIFAR binary files, and the files as CIFAR-10 names them',
      );
    }
    return openFiles(found.map((file) => join(folder, file)));
  };
  return [
    await open(/^(data_batch|train).*\.bin(\.gz)?$/, 'data_batch_1.bin'),
    await open(/^test.*\.bin(\.gz)?$/, 'test_batch.bin'),
  ];
}

async function openFiles(paths: readonly string[]): Promise<LabelledImages> {
  const contents = await Promise.all(paths.map(readOwnFile));
  const counts = contents.map((bytes) => Math.floor(bytes.length / CIFAR_RECORD));
  const count = counts.reduce((sum, each) => sum + each, 0);
  const firstName = `"${basename(paths[0])}"`;
  const name = paths.length === 1 ? firstName : `${firstName} and ${paths.length - 1} more`;
  if (count === 0) {
    fail(
      `Cannot use ${name}: an image has ${CIFAR_RECORD} bytes, there are ${contents[0].length}`,
      'Use files in the CIFAR-10 binary format',
    );
  }
  const images = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Uint8Array(count);
  let first = 0;
  for (const [n, bytes] of contents.entries()) {
    const end = first + counts[n];
    parseCifar(bytes, paths[n], {
      images: images.subarray(first * IMAGE_BYTES, end * IMAGE_BYTES),
      labels: labels.subarray(first, end),
    });
    first = end;
  }
  return { name, shape: [CIFAR_SIDE, CIFAR_SIDE, 3], images, labels, count };
}
