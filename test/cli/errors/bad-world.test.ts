/**
 * @file What the machine may do to us: missing tools, interruption, full disks, closed pipes.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mainFile } from '../run-cli.ts';
import { expectRefusal, makeWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace();
});
afterAll(() => place.remove());

describe('missing tools', () => {
  it.each([
    ['cosim rtl --dataset drawn --images 1', /verilator.*\n.*[Ii]nstall/],
    ['estimate rtl --family xc7 --tool native', /yosys.*\n.*[Ii]nstall/],
    ['route rtl --device hx8k', /nextpnr-ice40.*\n.*apt-get install nextpnr-ice40/],
  ])('adderforge %s says what to install', async (args, expected) => {
    const env = {
      PATH: join(place.folder, 'nothing'),
      ADDERFORGE_CACHE: join(place.folder, 'cache'),
    };
    expect(expectRefusal(await place.run(args, { env }))).toMatch(expected);
  });
});

describe('interruption', () => {
  const target = () => join(place.folder, 'out');
  const leftovers = () =>
    place
      .names()
      .filter(
        (name) =>
          !['rtl', 'tiny.model', 'tiny.qmodel', 'cache', 'out', '.adderforge'].includes(name),
      );

  /** Hidden folders beside the target are where results are made. */
  const isWriting = () => place.names().some((name) => name.startsWith('.out'));

  it('leaves nothing half-written when a design is being written', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { status, stderr } = await place.run(
        'generate tiny.qmodel --rows 16 --cols 16 -o out',
        {
          signal,
          when: isWriting,
        },
      );
      // The signal may come just after the last file: then the design is whole.
      if (existsSync(target())) {
        expect(readdirSync(target())).toContain('manifest.json');
      } else {
        expect(status).toBe(signal === 'SIGINT' ? 130 : 143);
        expect(stderr).toBe('Interrupted\n');
      }
      expect(leftovers()).toEqual([]);
    }
  });

  it('keeps the old design when its replacement is interrupted', async () => {
    cpSync(join(place.folder, 'rtl'), target(), { recursive: true });
    await place.run('generate tiny.qmodel --rows 16 --cols 16 -o out', {
      signal: 'SIGINT',
      when: isWriting,
    });
    expect(readdirSync(target())).toContain('manifest.json');
    expect(leftovers()).toEqual([]);
  });

  it('ends with 130 and leaves no process when a long work is interrupted', async () => {
    const start = Date.now();
    const { status, stdout } = await place.run(
      'evaluate tiny.model --dataset drawn --images 100000',
      { signal: 'SIGINT', when: () => Date.now() - start > 1500 },
    );
    expect(status).toBe(130);
    expect(stdout).toBe('');
  });
});

describe('full disk', () => {
  /** Runs a command in a namespace of its own, where `disk` is a file system of 64 KiB. */
  const onSmallDisk = (disk: string): readonly string[] => [
    'unshare',
    '--mount',
    '--map-root-user',
    'sh',
    '-c',
    'mount -t tmpfs -o size=64k none "$0" && "$@"; status=$?; ls -A "$0" >&2; exit $status',
    disk,
  ];

  it('is one clear message, and nothing half-written stays', async (context) => {
    const disk = join(place.folder, 'cache');
    mkdirSync(disk, { recursive: true });
    const [program, ...args] = onSmallDisk(disk);
    if (spawnSync(program!, [...args, 'true']).status !== 0) {
      console.warn('skipped: this system lets no user mount a small file system');
      context.skip();
    }
    const result = await place.run('generate tiny.qmodel --rows 16 --cols 16 -o cache/out', {
      wrapper: onSmallDisk(disk),
    });
    // `ls -A` printed nothing after the message: the disk is empty again.
    expect(expectRefusal(result)).toBe(
      'Cannot write design "cache/out": no space left on device\n  Free some disk space and run the command again\n',
    );
  });

  it('is noticed on standard output', (context) => {
    if (!existsSync('/dev/full')) context.skip();
    const { status, stderr } = spawnSync(
      'sh',
      [
        '-c',
        '"$0" "$1" evaluate tiny.model --dataset drawn --images 2 --json > /dev/full',
        process.execPath,
        mainFile,
      ],
      { cwd: place.folder, encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Cannot write a file: no space left on device\n {2}Free some disk space/,
    );
  });
});
