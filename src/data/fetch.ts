/**
 * @file Data sets from their public homes into `<root>/<name>`.
 */
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { digestOf } from '../digest.ts';
import { asFileIssue } from '../file-issue.ts';
import { DesignError, fail } from '../issues.ts';
import { type Progress, silent } from '../progress.ts';
import { type DatasetName, datasetNames, isDatasetName } from './dataset.ts';
import { downloadFile } from './download.ts';
import { dataRoot } from './locate.ts';
import { type Download, type PublishedDataset, publishedDatasets } from './published.ts';
import { readTar } from './tar.ts';

export interface FetchRequest {
  readonly name: DatasetName;
  /** Folder of data sets; default `$ADDERFORGE_DATA`, else `./data`. */
  readonly root?: string;
  /** A folder on the web that holds the files instead of their public homes. */
  readonly baseUrl?: string;
  readonly progress?: Progress;
}

/** What `fetchDataset` did. */
export interface FetchResult {
  readonly folder: string;
  /** Files that are now there, in the order of the data set. */
  readonly files: readonly string[];
  /** Those of them that were there before and were left alone. */
  readonly kept: readonly string[];
}

/**
 * Download a data set; files that are there are kept, broken downloads continue, checksums must hold.
 *
 * Throws a `DesignError` for an unknown name, an unreachable or wrong file, a full disk.
 */
export async function fetchDataset(request: FetchRequest): Promise<FetchResult> {
  const { name, baseUrl } = request;
  if (!isDatasetName(name)) {
    fail(
      `Cannot fetch data set "${name}": there is no data set of this name`,
      `Choose one of ${datasetNames.join(', ')}`,
    );
  }
  const published = publishedDatasets[name];
  const homes = baseUrl === undefined ? published.homes : [webFolder(baseUrl)];
  return fetchPublished({
    published: { ...published, homes },
    folder: join(dataRoot(request.root), name),
    progress: request.progress ?? silent,
  });
}

/** A web address that files can be appended to. */
function webFolder(baseUrl: string): string {
  const address = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (address?.protocol !== 'http:' && address?.protocol !== 'https:') {
    return fail(
      `Cannot fetch from "${baseUrl}": it is no web address`,
      'Give an address that begins with http:// or https://',
    );
  }
  return baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
}

export interface PublishedRequest {
  readonly published: PublishedDataset;
  /** Where the files go. */
  readonly folder: string;
  readonly progress: Progress;
}

/** Download everything that is published and not in `folder` yet. */
export async function fetchPublished(request: PublishedRequest): Promise<FetchResult> {
  const { published, folder, progress } = request;
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw asFileIssue(`create folder "${folder}"`, error);
  });
  const total = published.downloads.reduce((sum, { bytes }) => sum + bytes, 0);
  const kept: string[] = [];
  let before = 0;
  for (const download of published.downloads) {
    if (await isComplete(download, folder)) kept.push(...filesOf(download));
    else {
      const start = before;
      await downloadFile({
        download,
        homes: published.homes,
        path: join(folder, download.file),
        onBytes: (bytes) => progress(start + bytes, total, 'bytes'),
      });
      if (download.members) await unpackMembers(download, folder);
    }
    before += download.bytes;
    progress(before, total, 'bytes');
  }
  return { folder, files: published.downloads.flatMap(filesOf), kept };
}

function filesOf({ file, members }: Download): string[] {
  return members?.map((member) => member.file) ?? [file];
}

/** Whether all that a download brings is there at its full length; files are only ever renamed to their place whole. */
async function isComplete(download: Download, folder: string): Promise<boolean> {
  const wanted = download.members ?? [download];
  const sizes = await Promise.all(
    wanted.map(({ file }) =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => -1,
      ),
    ),
  );
  return wanted.every(({ bytes }, i) => sizes[i] === bytes);
}

/** Take the members out of a downloaded archive, then delete it. */
async function unpackMembers({ file, members = [] }: Download, folder: string): Promise<void> {
  const archive = join(folder, file);
  const missing = new Map(members.map((member) => [member.path, member]));
  const wanted = new Map(members.map(({ path, bytes }) => [path, bytes]));
  const unpacked = pipeline(createReadStream(archive), createGunzip(), () => {});
  try {
    for await (const { path, bytes } of readTar(unpacked, wanted, archive)) {
      const member = missing.get(path);
      if (member === undefined) continue;
      const sha256 = digestOf(bytes);
      if (sha256 !== member.sha256) {
        fail(
          `Cannot use "${path}" of "${archive}": its sha256 is ${sha256}, ${member.sha256} was expected`,
          'Delete the archive and fetch the data set again',
        );
      }
      await writeWhole(join(folder, member.file), bytes);
      missing.delete(path);
    }
  } catch (error) {
    throw asArchiveIssue(archive, error);
  }
  if (missing.size > 0) {
    fail(
      `Cannot use "${archive}": it lacks ${[...missing.keys()].join(', ')}`,
      'Delete the archive and fetch the data set again',
    );
  }
  await rm(archive);
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw asFileIssue(`write "${path}"`, error);
  }
}

function asArchiveIssue(archive: string, error: unknown): unknown {
  const isBadGzip = (error as NodeJS.ErrnoException).code?.startsWith('Z_');
  if (!isBadGzip) return asFileIssue(`read archive "${archive}"`, error);
  return new DesignError([
    {
      problem: `Cannot read archive "${archive}": it is not a complete gzip file`,
      remedy: 'Delete it and fetch the data set again',
    },
  ]);
}
