/**
 * @file The data sets as their authors publish them: where, how long, and with which checksums.
 *
 * MNIST: md5 of the four files as PyTorch's torchvision lists them. CIFAR-10: md5 of the archive as
 * https://www.cs.toronto.edu/~kriz/cifar.html states it; sha256 of the files in it, taken from a copy.
 */
import type { DatasetName } from './dataset.ts';

/** A file to download. */
export interface Download {
  readonly file: string;
  readonly bytes: number;
  readonly md5: string;
  /** For a `.tar.gz`: the files to take out of it. What is not listed is left. */
  readonly members?: readonly Member[];
}

/** A file in an archive, `path` as the archive names it. */
export interface Member {
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface PublishedDataset {
  /** Folders on the web that hold the files; each is tried in turn. */
  readonly homes: readonly string[];
  readonly downloads: readonly Download[];
}

const cifarBatch = (file: string, sha256: string): Member => ({
  path: `cifar-10-batches-bin/${file}`,
  file,
  bytes: 30_730_000,
  sha256,
});

export const publishedDatasets: Readonly<Record<DatasetName, PublishedDataset>> = {
  mnist: {
    homes: [
      'https://ossci-datasets.s3.amazonaws.com/mnist/',
      'https://storage.googleapis.com/cvdf-datasets/mnist/',
    ],
    downloads: [
      {
        file: 'train-images-idx3-ubyte.gz',
        bytes: 9_912_422,
        md5: 'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      },
      {
        file: 'train-labels-idx1-ubyte.gz',
        bytes: 28_881,
        md5: 'd53e105ee54ea40749a09fcbcd1e9432',
      },
      {
        file: 't10k-images-idx3-ubyte.gz',
        bytes: 1_648_877,
        md5: '9fb629c4189551a2d022fa330f9573f3',
      },
      { file: 't10k-labels-idx1-ubyte.gz', bytes: 4_542, md5: 'ec29112dd5afa0611ce80d1b7f02629c' },
    ],
  },
  cifar10: {
    homes: ['https://www.cs.toronto.edu/~kriz/'],
    downloads: [
      {
        file: 'cifar-10-binary.tar.gz',
        bytes: 170_052_171,
        md5: 'c32a1d4ab5d03f1284b67883e8d87530',
        members: [
          cifarBatch(
            'data_batch_1.bin',
            'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
          ),
          cifarBatch(
            'data_batch_2.bin',
            'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
          ),
          cifarBatch(
            'data_batch_3.bin',
            'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
          ),
          cifarBatch(
            'data_batch_4.bin',
            '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
          ),
          cifarBatch(
            'data_batch_5.bin',
            '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
          ),
          cifarBatch(
            'test_batch.bin',
            '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
          ),
        ],
      },
    ],
  },
};
