/**
 * @file One file from the web, resumable and checked: it is written to `<path>.part` and renamed when its checksum holds.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { asFileIssue } from '../file-issue.ts';
import { DesignError, fail, type Issue } from '../issues.ts';
import { getBytes } from './http-get.ts';
import type { Download } from './published.ts';

/** Silence of a server after which a download is given up. */
const STALL_MS = 60_000;

export interface DownloadRequest {
  readonly download: Download;
  /** Folders on the web, with a slash at the end; each is tried in turn. */
  readonly homes: readonly string[];
  /** Where the file goes; its folder is there. */
  readonly path: string;
  /** Bytes of this file so far. */
  readonly onBytes: (bytes: number) => void;
  readonly stallMs?: number;
}

/**
 * Download a file; a part from an earlier attempt is continued where the server can.
 *
 * Throws a `DesignError` that names every home with its reason. What came so far stays for the next attempt,
 * except when it is complete and wrong.
 */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  const { download, homes, path } = request;
  const issues: Issue[] = [];
  // An archive whose unpacking was interrupted is checked again and not downloaded again.
  if ((await sizeOf(path)) === download.bytes) await rename(path, `${path}.part`);
  for (const home of homes) {
    const url = new URL(download.file, home).href;
    try {
      await fetchPart(request, url);
      await acceptPart(request, url);
      return;
    } catch (error) {
      if (error instanceof DesignError) issues.push(...error.issues);
      else if (isDiskError(error)) throw asFileIssue(`write "${path}"`, error);
      else issues.push(networkIssue(url, error));
    }
  }
  throw new DesignError(issues);
}

async function fetchPart(request: DownloadRequest, url: string): Promise<void> {
  const { download, path, onBytes, stallMs = STALL_MS } = request;
  const part = `${path}.part`;
  let have = await sizeOf(part);
  if (have > download.bytes) have = 0;
  if (have === download.bytes) return onBytes(have);
  const headers: Record<string, string> = have > 0 ? { Range: `bytes=${have}-` } : {};
  const response = await getBytes(url, { headers, stallMs });
  const { statusCode, statusMessage } = response;
  const continues =
    statusCode === 206 && response.headers['content-range']?.startsWith(`bytes ${have}-`);
  if (statusCode !== 200 && !continues) {
    response.destroy();
    fail(
      `Cannot download "${url}": the server answered ${statusCode} ${statusMessage ?? ''}`.trim(),
      'Try again later, or put the file into the data folder yourself',
    );
  }
  if (!continues) have = 0;
  const file = await open(part, continues ? 'a' : 'w');
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      have += chunk.length;
      if (have > download.bytes) {
        fail(
          `Cannot download "${url}": it is longer than the ${download.bytes} bytes of the published file`,
          'Check the address; it holds another file',
        );
      }
      await file.writeFile(chunk);
      onBytes(have);
    }
  } finally {
    response.destroy();
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

async function acceptPart({ download, path }: DownloadRequest, url: string): Promise<void> {
  const part = `${path}.part`;
  const { size } = await stat(part);
  if (size < download.bytes) {
    fail(
      `Cannot download "${url}": it ended after ${size} of ${download.bytes} bytes`,
      'Run the command again; it continues where it stopped',
    );
  }
  const hash = createHash('md5');
  for await (const chunk of createReadStream(part)) hash.update(chunk);
  const md5 = hash.digest('hex');
  if (md5 !== download.md5) {
    await rm(part);
    fail(
      `Cannot use "${url}": its md5 is ${md5}, ${download.md5} is published`,
      'Run the command again; if it stays so, the address holds another file',
    );
  }
  await rename(part, path);
}

/** The disk's trouble is the same with every home; only its errors carry a path or come from writing. */
function isDiskError(error: unknown): boolean {
  const { path, syscall } = error as NodeJS.ErrnoException;
  return path !== undefined || syscall === 'write';
}

function networkIssue(url: string, error: unknown): Issue {
  // A host with several addresses fails with one reason for each of them.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const reason = first instanceof Error ? first.message : String(first);
  return {
    problem: `Cannot download "${url}": ${reason || 'the connection failed'}`,
    remedy: 'Check the network and run the command again; it continues where it stopped',
  };
}
