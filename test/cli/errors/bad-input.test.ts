import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { global, legacyFile, op, text, tupleOf } from '../../model/pickle-writer.ts';
import { expectRefusal, makeWorkplace, type Workplace } from './workplace.ts';

const EMBEDDED = join(packageRoot, 'models', 'resnet20.model');

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace();
});
afterAll(() => place.remove());

const refused = async (args: string): Promise<string> => {
  const before = place.names();
  const message = expectRefusal(await place.run(args));
  expect(place.names()).toEqual(before);
  return message;
};

const put = (name: string, content: Uint8Array | string): void =>
  writeFileSync(join(place.folder, name), content);

describe('checkpoints', () => {
  it('refuses a truncated one', async () => {
    const whole = readFileSync(join(EMBEDDED, 'weights.safetensors'));
    put('cut.safetensors', whole.subarray(0, whole.length / 2));
    expect(await refused('import cut.safetensors --arch resnet20 -o x.model')).toMatch(
      /^Cannot read checkpoint "cut.safetensors"|"cut.safetensors"/,
    );
  });

  it('refuses a pickle that calls something, and does not call it', async () => {
    const call = [
      ...global('os', 'system'),
      ...tupleOf(text(`touch ${join(place.folder, 'called')}`)),
      ...op.reduce,
    ];
    put('evil.pth', legacyFile(call, []));
    const message = await refused('import evil.pth --arch resnet20 -o x.model');
    expect(message).toMatch(/os.*system/);
    expect(place.names()).not.toContain('called');
  });

  it('lists what is missing and extra when the architecture is another one', async () => {
    const message = await refused(
      `import ${join(EMBEDDED, 'weights.safetensors')} --arch lenet5-bn -o x.model`,
    );
    expect(message.split('\n').length).toBeGreaterThan(10);
  });

  it('names the known architectures when one is unknown', async () => {
    put('any.pth', '');
    expect(await refused('import any.pth --arch resnet19 -o x.model')).toMatch(
      /"--arch resnet19".*\n.*resnet20, resnet32, vgg-small, lenet5-bn/,
    );
  });

  it.each([
    ['missing.pth', /"missing.pth": no such file/],
    ['rtl', /"rtl"/],
    ['empty.pth', /"empty.pth"/],
  ])('refuses %s', async (file, expected) => {
    put('empty.pth', '');
    expect(await refused(`import ${file} --arch resnet20 -o x.model`)).toMatch(expected);
  });
});

describe('models', () => {
  function damaged(name: string, change: (json: Record<string, unknown>) => void): void {
    mkdirSync(join(place.folder, name), { recursive: true });
    const json = JSON.parse(readFileSync(join(place.folder, 'tiny.model', 'model.json'), 'utf8'));
    change(json);
    put(join(name, 'model.json'), JSON.stringify(json));
    const weights = readFileSync(join(place.folder, 'tiny.model', 'weights.safetensors'));
    put(join(name, 'weights.safetensors'), weights);
  }

  it('names a layer of an unsupported kind, and the kinds that work', async () => {
    damaged('gelu.model', (json) => {
      (json.nodes as { kind: string }[])[2]!.kind = 'gelu';
    });
    const message = await refused('evaluate gelu.model --dataset drawn');
    expect(message).toMatch(/gelu/);
    expect(message).toMatch(/relu1/);
    expect(message).toMatch(/adderConv/);
  });

  it('names a node that nothing computes', async () => {
    damaged('cut.model', (json) => {
      (json.nodes as unknown[]).splice(0, 1);
    });
    expect(await refused('evaluate cut.model --dataset drawn')).toMatch(/stem/);
  });

  it('refuses to write over something that is not a model', async () => {
    put('notes.txt', 'keep me');
    expect(
      await refused('quantize tiny.model --dataset drawn --calibration 16 -o notes.txt'),
    ).toMatch(/notes.txt/);
    expect(readFileSync(join(place.folder, 'notes.txt'), 'utf8')).toBe('keep me');
    expect(await refused('generate tiny.qmodel --rows 2 --cols 2 -o tiny.model')).toMatch(
      /tiny.model.*no design/,
    );
  });

  it('says that a model does not fit a device, with both numbers', {
    timeout: 300_000,
  }, async () => {
    const { status, stdout, stderr } = await place.run(
      'estimate rtl --family ice40up --device iCE40UP5K',
    );
    expect(status).toBe(1);
    // The work was done: the report is there as well.
    expect(stdout).toMatch(/iCE40UP5K.* no\n/);
    expect(stderr).toMatch(
      /Cannot fit "tiny" into iCE40UP5K: it needs \d+ block RAM, the device has 30\n {2}\S/,
    );
  });
});

describe('flags', () => {
  it.each([
    ['quantize tiny.model --dataset drawn --bits 1 -o x', /"--bits 1".*from 2 to 8/],
    ['quantize tiny.model --dataset drawn --bits 9 -o x', /"--bits 9".*from 2 to 8/],
    [
      'quantize tiny.model --dataset drawn --weight-bits 16 -o x',
      /"--weight-bits 16".*from 2 to 8/,
    ],
    ['quantize tiny.model --dataset drawn --calibration 2 -o x', /2 images/],
    [
      'quantize tiny.model --dataset drawn --budget lut=5,luts=6 -o x',
      /"--budget lut=5,luts=6": "luts=6" is not an amount of lut, bram or cycles/,
    ],
    [
      'quantize tiny.model --dataset drawn --budget lut=1 --calibration 16 -o x',
      /Cannot keep to the budget: .*lut \d+, 1 is allowed/,
    ],
    [
      'quantize tiny.model --dataset drawn --compare 8 --mixed 4 -o x',
      /Cannot use --compare and --mixed together/,
    ],
    [
      'quantize tiny.model --dataset drawn --compare 8,9 -o x',
      /"--compare 8,9": "9" is not a number of bits from 2 to 8/,
    ],
    ['generate tiny.qmodel --rows 0 -o x', /rows 0.*from 1 to 64/],
    ['generate tiny.qmodel --cols 65 -o x', /cols 65.*from 1 to 64/],
    ['generate tiny.qmodel --rows 4 --cols 6 --lanes 4 -o x', /4 lanes in a 4 x 6/],
    ['generate tiny.qmodel --rows 16 --cols 16 --block-pixels 5 -o x', /5 pixels.*power of two/],
    ['generate tiny.model --rows 2 --cols 2 -o x', /"tiny.model": it is a float model/],
    ['quantize tiny.qmodel --dataset drawn -o x', /"tiny.qmodel": it is quantized already/],
    ['cosim rtl --dataset drawn --stall 1', /"--stall 1".*from 0 to 0.95/],
    ['cosim tiny.model --dataset drawn', /"tiny.model": it has no manifest.json/],
    ['evaluate tiny.model --dataset mnist --data .', /Cannot open data set "mnist"/],
    ['estimate rtl --family virtex9', /"--family virtex9"/],
    ['estimate rtl --device xc9', /"--device xc9".*\n.*xc7a35t/],
    ['route rtl', /--device/],
    ['route rtl --device xc7a35t', /"--device xc7a35t".*\n.*hx8k, .*ecp5-85/],
    ['route rtl --device hx8k --seeds 0', /"--seeds 0".*from 1 to 100/],
    ['route tiny.model --device hx8k', /"tiny.model": it has no manifest.json/],
    ['evaluate tiny.model', /--dataset/],
    ['evaluate tiny.model --dataset drawn --epochs 3', /--epochs/],
    ['evalute tiny.model', /Did you mean evaluate\?/],
    ['data fetch imagenet', /"imagenet".*\n.*mnist, cifar10/],
    ['generate tiny.qmodel -o rtl/an_core.sv/x', /rtl\/an_core.sv/],
  ])('adderforge %s', async (args, expected) => {
    expect(await refused(args)).toMatch(expected);
  });

  it('names every bad flag at once', async () => {
    const message = await refused(
      'quantize tiny.model --dataset cifar --bits 1 --calibration 0 -o x',
    );
    expect(message.match(/^Cannot /gm)).toHaveLength(3);
  });

  it('prints the problems as one JSON object with --json', async () => {
    const { status, stdout, stderr } = await place.run(
      'generate tiny.qmodel --rows 0 --cols 0 -o x --json',
    );
    expect(status).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error).toHaveLength(2);
    for (const { problem, remedy } of error) expect(stderr).toContain(`${problem}\n  ${remedy}\n`);
    const unknown = await place.run('evaluate tiny.model --dataset drawn --epochs 3 --json');
    expect(JSON.parse(unknown.stdout).error).toHaveLength(1);
  });
});

describe('help', () => {
  const commands = [
    'import',
    'evaluate',
    'quantize',
    'generate',
    'cosim',
    'estimate',
    'route',
    'flow',
    'data fetch',
    'demo',
  ];

  it.each(commands)('adderforge %s --help shows an example', async (command) => {
    const { status, stdout, stderr } = await place.run(`${command} --help`);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`Example:\n  adderforge ${command}`);
  });

  it('lists every command', async () => {
    const { status, stdout } = await place.run('--help');
    expect(status).toBe(0);
    for (const command of commands) expect(stdout).toContain(`  ${command.split(' ')[0]} `);
  });
});
