import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/data/dataset.ts';
import { fetchDataset, fetchPublished } from '../../src/data/fetch.ts';
import type { Download } from '../../src/data/published.ts';
import { silent } from '../../src/progress.ts';
import { realData } from './real-data.ts';
import { writeTar } from './tar-writer.ts';

const digest = (algorithm: string, bytes: Uint8Array) =>
  createHash(algorithm).update(bytes).digest('hex');

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251));
const file: Download = { file: 'plain.bin', bytes: 200_000, md5: digest('md5', content) };

const batch = Buffer.alloc(70_000, 5);
const tar = gzipSync(
  writeTar([
    ['set/readme', Buffer.from('hello')],
    ['set/one.bin', batch],
  ]),
);
const archive: Download = {
  file: 'set.tar.gz',
  bytes: tar.length,
  md5: digest('md5', tar),
  members: [
    { path: 'set/one.bin', file: 'one.bin', bytes: 70_000, sha256: digest('sha256', batch) },
  ],
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let home: string;
let folder: string;
let asked: string[];
let answers: Map<string, Answer>;

/** Sends the bytes, or the asked range of them. */
const serve =
  (bytes: Uint8Array): Answer =>
  ({ headers }, response) => {
    const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    if (from > 0) {
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(206, { 'Content-Range': range });
    }
    response.end(bytes.subarray(from));
  };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adderforge-fetch-'));
  asked = [];
  answers = new Map([
    ['/plain.bin', serve(content)],
    ['/set.tar.gz', serve(tar)],
  ]);
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    const answer = answers.get(request.url ?? '');
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  home = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true });
});

const fetchAll = (downloads: readonly Download[], homes = [home]) =>
  fetchPublished({ published: { homes, downloads }, folder, progress: silent });

/** Compared as buffers: element by element would take seconds. */
const holds = async (name: string, bytes: Buffer) =>
  bytes.equals(await readFile(join(folder, name)));

describe('fetchPublished', () => {
  it('fetchPublished() stores files and the members of archives, and tells how far it is', async () => {
    const told: [number, number][] = [];
    const result = await fetchPublished({
      published: { homes: [home], downloads: [file, archive] },
      folder,
      progress: (done, total, unit) => {
        expect(unit).toBe('bytes');
        told.push([done, total]);
      },
    });
    expect(result).toEqual({ folder, files: ['plain.bin', 'one.bin'], kept: [] });
    expect(await holds('plain.bin', content)).toBe(true);
    expect(await holds('one.bin', batch)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['one.bin', 'plain.bin']);
    const total = 200_000 + tar.length;
    expect(told.at(-1)).toEqual([total, total]);
    expect(told.every(([done], i) => i === 0 || done >= told[i - 1][0])).toBe(true);
  });

  it('fetchPublished() asks for nothing when everything is there', async () => {
    await fetchAll([file, archive]);
    asked = [];
    expect((await fetchAll([file, archive])).kept).toEqual(['plain.bin', 'one.bin']);
    expect(asked).toEqual([]);
  });

  it('fetchPublished() continues a part, and starts again where the server cannot', async () => {
    await writeFile(join(folder, 'plain.bin.part'), content.subarray(0, 150_000));
    await fetchAll([file]);
    expect(asked).toEqual(['/plain.bin bytes=150000-']);
    expect(await holds('plain.bin', content)).toBe(true);
    await rm(join(folder, 'plain.bin'));
    await writeFile(join(folder, 'plain.bin.part'), content.subarray(0, 150_000));
    answers.set('/plain.bin', (_, response) => void response.end(content));
    await fetchAll([file]);
    expect(await holds('plain.bin', content)).toBe(true);
  });

  it('fetchPublished() keeps what came when the connection breaks, and continues there', async () => {
    answers.set('/plain.bin', (_, response) => {
      response.writeHead(200, { 'Content-Length': 200_000 });
      response.write(content.subarray(0, 120_000), () => response.destroy());
    });
    await expect(fetchAll([file])).rejects.toThrow(
      /Cannot download ".*plain.bin": .*\n {2}.*it continues where it stopped/,
    );
    expect(await readdir(folder)).toEqual(['plain.bin.part']);
    answers.set('/plain.bin', serve(content));
    await fetchAll([file]);
    expect(asked[1]).toMatch(/^\/plain.bin bytes=\d+-$/);
    expect(await holds('plain.bin', content)).toBe(true);
  });

  it('fetchPublished() takes the second home when the first fails', async () => {
    await fetchAll([file], [`${home}elsewhere/`, home]);
    expect(asked).toEqual(['/elsewhere/plain.bin', '/plain.bin']);
  });

  it('fetchPublished() names every home when all fail', async () => {
    const error = await fetchAll([file], [`${home}one/`, `${home}two/`]).catch((e) => e);
    expect(error.issues.map(({ problem }: { problem: string }) => problem)).toEqual([
      `Cannot download "${home}one/plain.bin": the server answered 404 Not Found`,
      `Cannot download "${home}two/plain.bin": the server answered 404 Not Found`,
    ]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('fetchPublished() deletes a file whose checksum does not hold', async () => {
    const changed = Buffer.from(content);
    changed[77] ^= 1;
    answers.set('/plain.bin', serve(changed));
    await expect(fetchAll([file])).rejects.toThrow(/its md5 is \w{32}, \w{32} is published/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('fetchPublished() stops reading a file that is longer than published', async () => {
    answers.set('/plain.bin', serve(Buffer.alloc(5_000_000)));
    await expect(fetchAll([file])).rejects.toThrow(/longer than the 200000 bytes/);
  });

  it('fetchPublished() follows a redirect, but not in circles', async () => {
    const redirect: Answer = (_, response) =>
      void response.writeHead(302, { Location: '/there' }).end();
    answers.set('/plain.bin', redirect).set('/there', serve(content));
    await fetchAll([file]);
    await rm(join(folder, 'plain.bin'));
    answers.set('/there', redirect);
    await expect(fetchAll([file])).rejects.toThrow(/redirects more than 5 times/);
  });

  it('fetchPublished() keeps a gzip file packed when the server labels it as an encoding', async () => {
    answers.set('/set.tar.gz', (request, response) => {
      response.setHeader('Content-Encoding', 'gzip');
      serve(tar)(request, response);
    });
    await fetchAll([archive]);
    expect(await holds('one.bin', batch)).toBe(true);
  });

  it('fetchPublished() unpacks an archive that is there, and refuses one without a member', async () => {
    await writeFile(join(folder, 'set.tar.gz'), tar);
    await fetchAll([archive]);
    expect(asked).toEqual([]);
    const missing = { path: 'set/two.bin', file: 'two.bin', bytes: 1, sha256: '' };
    const more = { ...archive, members: [...archive.members!, missing] };
    await expect(fetchAll([more])).rejects.toThrow(/it lacks set\/two.bin/);
    const other = { ...archive, members: [{ ...archive.members![0], sha256: '00', file: 'x' }] };
    await expect(fetchAll([other])).rejects.toThrow(/its sha256 is \w{64}, 00 was expected/);
    expect(await readdir(folder)).not.toContain('x');
  });

  it('fetchPublished() says so when a packed archive is damaged', async () => {
    const damaged = Buffer.from(tar);
    damaged[damaged.length - 6] ^= 255; // the checksum at the end of the gzip stream
    answers.set('/set.tar.gz', serve(damaged));
    await expect(fetchAll([{ ...archive, md5: digest('md5', damaged) }])).rejects.toThrow(
      /it is not a complete gzip file/,
    );
  });
});

describe('fetchDataset', () => {
  it('fetchDataset() refuses unknown names, odd addresses and a server that is not there', async () => {
    await expect(fetchDataset({ name: 'x' as 'mnist', root: folder })).rejects.toThrow(
      /Choose one of mnist, cifar10/,
    );
    const file = fetchDataset({ name: 'mnist', root: folder, baseUrl: 'file:///etc' });
    await expect(file).rejects.toThrow(/begins with http:/);
    const closed = fetchDataset({ name: 'mnist', root: folder, baseUrl: 'http://127.0.0.1:1' });
    await expect(closed).rejects.toThrow(
      /Cannot download "http:\/\/127.0.0.1:1\/train-images-idx3-ubyte.gz": connect ECONNREFUSED/,
    );
  });

  const mnist = realData('mnist', 't10k-images-idx3-ubyte.gz') && realData('mnist');
  it.skipIf(!mnist)('fetchDataset() brings MNIST so that openDataset() reads it', async () => {
    for (const name of await readdir(mnist!)) {
      answers.set(`/mirror/${name}`, serve(await readFile(join(mnist!, name))));
    }
    await fetchDataset({ name: 'mnist', root: folder, baseUrl: `${home}mirror` });
    const { labels } = await openDataset({ name: 'mnist', split: 'test', root: folder, limit: 4 });
    expect([...labels]).toEqual([7, 2, 1, 0]);
  });
});
