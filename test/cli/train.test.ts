import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliOptions, runCli } from './run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adderforge-train-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: string, options: Omit<CliOptions, 'cwd'> = {}) =>
  runCli(`train ${args}`.split(' '), { cwd: folder, ...options });

const weights = (model: string) => readFileSync(join(folder, model, 'weights.safetensors'));

/** The command's problems, without remedies; it must have written nothing. */
async function problems(args: string): Promise<readonly string[]> {
  const before = readdirSync(folder);
  const { status, stdout, stderr } = await run(args);
  expect([status, stdout]).toEqual([1, '']);
  expect(readdirSync(folder)).toEqual(before);
  expect(stderr).not.toMatch(/\n\s+at |please report|internal:/);
  return stderr.split('\n').filter((line) => line.startsWith('Cannot'));
}

describe('adderforge train', () => {
  it('trains tiny, prints one object, shows epochs, and its model goes on to integers', async () => {
    const { status, stdout, stderr } = await run('tiny -o tiny.model --json');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      model: 'tiny.model',
      recipe: 'tiny',
      network: 'tiny',
      dataset: 'shapes',
      trainingImages: 2048,
      epochs: 8,
      seed: 1,
      log: 'tiny.model.log.jsonl',
    });
    expect(report.testTop1).toBeGreaterThanOrEqual(95);
    expect(
      stderr.match(/^Epoch \d of 8: loss [\d.]+, [\d.]+ % right, [\d.]+ % on test/gm),
    ).toHaveLength(8);
    const goOn = (args: string) => runCli(args.split(' '), { cwd: folder });
    const quantized = await goOn('quantize tiny.model --bits 8 --dataset shapes -o tiny.qmodel');
    expect(quantized.status).toBe(0);
    const evaluated = await goOn('evaluate tiny.qmodel --dataset shapes --json');
    // The quantizer loses little: half a point of 512 images are 2.
    expect(JSON.parse(evaluated.stdout).top1).toBeGreaterThanOrEqual(report.testTop1 - 0.5);
  });

  it('stops on Ctrl-C after the running step, saved, and resumes as if nothing had happened', async () => {
    const args = '--epochs 12 --limit 512 --no-evaluate --backend wasm';
    const isSaved = () => existsSync(join(folder, 'cut.model.training', 'log.jsonl'));
    const { status, stdout, stderr } = await run(`tiny -o cut.model ${args}`, {
      signal: 'SIGINT',
      when: isSaved,
    });
    expect([status, stdout]).toEqual([130, '']);
    expect(stderr).toMatch(
      /Stopping after this step\n(Epoch .*\n)?Interrupted after \d+ epochs and \d steps; saved\. Add --resume/,
    );
    expect(existsSync(join(folder, 'cut.model'))).toBe(false);
    expect(readdirSync(join(folder, 'cut.model.training')).sort()).toEqual([
      'log.jsonl',
      'settings.json',
      'state.safetensors',
    ]);
    expect((await run(`tiny -o cut.model ${args} --resume --threads 1`)).status).toBe(0);
    expect((await run(`tiny -o whole.model ${args} --quiet`)).stderr).toBe('');
    expect(weights('cut.model')).toEqual(weights('whole.model'));
    expect(existsSync(join(folder, 'cut.model.training'))).toBe(false);
  });

  it('fine-tunes a model, also with rounded maps and weights, and trains twins', async () => {
    const short = '--epochs 1 --limit 256 --rate 0.001 --quiet --json';
    const tuned = await run(`tiny --from tiny.model -o tuned.model ${short}`);
    expect(JSON.parse(tuned.stdout).testTop1).toBeGreaterThanOrEqual(95);
    // More images than ranges are measured on.
    const more = short.replace('256', '768');
    const rounded = await run(
      `tiny --from tiny.model --quantize 3 -o rounded.model ${more.replace('--quiet ', '')}`,
    );
    expect(JSON.parse(rounded.stdout).testTop1).toBeGreaterThanOrEqual(90);
    expect(JSON.parse(rounded.stdout).agreement).toBeGreaterThanOrEqual(90);
    expect(rounded.stderr).toMatch(/% right, [\d.]+ % as the float network, [\d.]+ % on test/);
    const goOn = (args: string) => runCli(args.split(' '), { cwd: folder });
    const same = await goOn('quantize rounded.model --bits 3 --dataset shapes -o same.qmodel');
    expect(same.stdout).toMatch(/3-bit weights, rounded as in its fine-tuning on 512/);
    const evaluated = await goOn('evaluate same.qmodel --dataset shapes --json');
    expect(JSON.parse(evaluated.stdout).top1).toBe(JSON.parse(rounded.stdout).testTop1);
    expect(await problems('tiny --from rounded.model --quantize 3 -o again.model')).toEqual([
      'Cannot learn from "rounded.model": it was fine-tuned for few bits, as a float network it is of little use',
    ]);
    const again = await run(
      `tiny --from rounded.model --teacher tiny.model --quantize 3 -o again.model ${short}`,
    );
    expect(JSON.parse(again.stdout).agreement).toBeGreaterThanOrEqual(90);
    const other = await goOn('quantize rounded.model --bits 5 --dataset shapes -o other.qmodel');
    expect(other.stderr).toMatch(
      /fine-tuned for --bits 3 .*; for other widths its ranges are chosen anew/,
    );
    expect(weights('rounded.model')).not.toEqual(weights('tuned.model'));
    const twin = await run('tiny --twin -o twin.model --epochs 3 --quiet --json');
    expect(JSON.parse(twin.stdout)).toMatchObject({ network: 'tiny-twin' });
    expect(JSON.parse(twin.stdout).testTop1).toBeGreaterThanOrEqual(95);
  });

  it('refuses what it cannot do, all of it at once', async () => {
    expect(await problems('huge -o x.model')).toEqual([
      'Cannot train by recipe "huge": it is not known',
    ]);
    expect(await problems('tiny -o x.model --epochs 0 --rate fast --backend gpu')).toEqual([
      'Cannot use "--epochs 0": it must be a whole number from 1 to 10000',
      'Cannot use "--rate fast": it must be a number from 0 to 1000',
      'Cannot use "--backend gpu": there is no "gpu"',
    ]);
    expect(await problems('tiny -o x.model --twin --from t --increase 9')).toEqual([
      'Cannot use "--twin" with "--from": the weights of adder layers are no filters',
      'Cannot use "--increase": the local rate is adaptive',
    ]);
    expect(await problems('tiny -o x.model --quantize 8')).toEqual([
      'Cannot use "--quantize" without "--from": ranges are measured on a trained network',
    ]);
    expect(await problems('tiny -o x.model --distill 0.5')).toEqual([
      'Cannot use "--distill" without "--from": the network to learn from is named there',
    ]);
    expect(await problems('tiny -o x.model --from t --teacher t --quantize 4 --distill 0')).toEqual(
      ['Cannot use "--teacher": nothing is learnt from it, the share of --distill is 0'],
    );
    expect(
      await problems('tiny -o x.model --from tiny.model --distill 1 --teacher lenet.model'),
    ).toEqual(['Cannot read model "lenet.model": no such file or directory']);
    expect(await problems('tiny -o x.model --from t --quantize 9 --distill 2')).toEqual([
      'Cannot use "--quantize 9": it must be a whole number from 2 to 8',
      'Cannot use "--distill 2": it must be a number from 0 to 1',
    ]);
    expect(await problems('tiny -o x.model --batch 60 --limit 30')).toEqual([
      'Cannot train with batches of 60 images: they cannot be cut into shards of 32',
      'Cannot train on 30 images: a single batch takes 60',
    ]);
    expect(await problems('lenet5-bn -o x.model --dataset shapes')).toEqual([
      'Cannot use the training images of drawn shapes: they are 12 x 12 x 1, "lenet5-bn" reads 28 x 28 x 1',
      'Cannot use the test images of drawn shapes: they are 12 x 12 x 1, "lenet5-bn" reads 28 x 28 x 1',
    ]);
    expect(await problems('lenet5-bn -o x.model --data nowhere')).toEqual([
      'Cannot open data set "mnist": neither "train-images-idx3-ubyte" nor "train-images-idx3-ubyte.gz" is in "nowhere/mnist"',
    ]);
    expect(await problems('lenet5-bn --from tiny.model -o x.model')).toEqual([
      'Cannot train "tiny.model" by recipe "lenet5-bn": it is a network of the architecture "tiny"',
    ]);
    expect(await problems('tiny -o x.model --resume')).toEqual([
      'Cannot resume the training of "x.model": no run is kept in "x.model.training"',
    ]);
  });
});
