import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/store.ts';
import { twinOf } from '../../src/train/network/twin.ts';
import { expectRefusal } from './errors/workplace.ts';
import { runCli } from './run-cli.ts';
import { tinyModel } from './tiny-model.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adderforge-analyze-'));
  await writeModel(tinyModel(), join(folder, 'tiny.model'));
  await writeModel(twinOf(tinyModel()), join(folder, 'twin.model'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: string) => runCli(args.split(' '), { cwd: folder });
const FLAGS = '--dataset drawn --images 8 --threads 1';

describe('adderforge analyze', () => {
  it('writes one page and prints all numbers as one object', async () => {
    const { status, stdout, stderr } = await run(
      `analyze tiny.model --twin twin.model ${FLAGS} -o report.html --json --quiet`,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { report, network, twin, images } = JSON.parse(stdout);
    expect([report, images, network.name, twin.name]).toEqual([
      'report.html',
      8,
      'tiny',
      'tiny-twin',
    ]);
    expect(network.gradients.layers).toHaveLength(4);
    // Everything in the object is a number, a text or absent: JSON writes NaN and infinity as null.
    expect(stdout).not.toContain('null');
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('tiny-twin');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('says in words what it found, draws images when no data set is named, and replaces an older report', async () => {
    const { status, stdout } = await run('analyze tiny.model --images 8 -o report.html');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^report.html: 4 layers of tiny on 8 training images of drawn\n/);
    expect(stdout).toContain('in 0 of 2 adder layers, 0 of 2 multiplying layers');
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).not.toContain('tiny-twin');
  });

  it.each([
    [`analyze missing.model ${FLAGS} -o r.html`, /"missing.model".*\n {2}Check the path/],
    [`analyze tiny.model --twin missing.model ${FLAGS} -o r.html`, /"missing.model"/],
    [`analyze tiny.model ${FLAGS} -o nowhere/r.html`, /write report "nowhere\/r.html"/],
    [`analyze tiny.model ${FLAGS} -o taken`, /write report "taken"/],
    ['analyze tiny.model --dataset drawn --images 1 -o r.html', /"--images 1".*from 2 to 50000/],
    ['analyze tiny.model --dataset cifar10 --data . -o r.html', /cifar10/],
  ])('refuses: %s', async (args, expected) => {
    mkdirSync(join(folder, 'taken'), { recursive: true });
    expect(expectRefusal(await run(`${args} --quiet`))).toMatch(expected);
    expect(readdirSync(folder).filter((name) => /^\.|^r\./.test(name))).toEqual([]);
  });
});
