/**
 * @file Set-up on machines that lack tools, with a made-up PATH: package managers that write down what they are told.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';

let bin: string;
let log: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'adderforge-setup-'));
  log = join(bin, 'log.txt');
  symlinkSync(process.execPath, join(bin, 'node'));
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

function addProgram(name: string, script = 'exit 0'): void {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A package manager that logs its arguments and, when told to install, brings the packages as empty programs. */
function addManager(name: string): void {
  addProgram(
    name,
    `echo "${name} $*" >> '${log}'
for word in "$@"; do
  case "$word" in
    verilator|g++|make|iverilog|yosys|nextpnr-ice40) printf '#!/bin/sh\\n' > '${bin}'/"$word"; /bin/chmod +x '${bin}'/"$word";;
  esac
done`,
  );
}

/** `sudo` that asks for no password. */
const addSudo = (): void => addProgram('sudo', '[ "$1" = -n ] && shift\nexec "$@"');

function setup(...args: string[]) {
  return spawnSync(process.execPath, [join(packageRoot, '.ci', 'setup.mjs'), ...args], {
    env: { PATH: bin },
    encoding: 'utf8',
  });
}

const prefix = process.getuid?.() === 0 ? '' : 'sudo ';

describe('.ci/setup.mjs', () => {
  it('says nothing when everything is there', () => {
    for (const tool of ['verilator', 'g++', 'make', 'iverilog', 'yosys', 'nextpnr-ice40']) {
      addProgram(tool);
    }
    const { status, stdout, stderr } = setup('--test');
    expect(status).toBe(0);
    expect(stdout + stderr).toBe('');
  });

  it('updates and installs what is missing when the system has apt-get', () => {
    addManager('apt-get');
    addSudo();
    addProgram('make');
    const { status, stderr } = setup('--test');
    expect(status).toBe(0);
    expect(readFileSync(log, 'utf8').split('\n')).toEqual([
      'apt-get update',
      'apt-get install -y --no-install-recommends verilator g++ iverilog nextpnr-ice40 yosys',
      '',
    ]);
    expect(stderr).toContain('Missing: verilator, which simulates the generated hardware');
    expect(stderr).toContain(`Installing: ${prefix}apt-get update && ${prefix}apt-get install`);
  });

  it.each([
    ['dnf', 'dnf install -y verilator gcc-c++ make yosys'],
    ['pacman', 'pacman -Sy --noconfirm --needed verilator gcc make yosys'],
    ['zypper', 'zypper --non-interactive install verilator gcc-c++ make yosys'],
    ['apk', 'apk add verilator g++ make yosys'],
    ['brew', 'brew install verilator gcc make yosys'],
  ])('asks %s for its own names of the packages', (manager, expected) => {
    addManager(manager);
    addSudo();
    setup();
    expect(readFileSync(log, 'utf8').split('\n')[0]).toBe(expected);
  });

  it('takes nextpnr from npm when the system has no package of it', () => {
    addManager('apk');
    addProgram('npm', `echo "npm $*" >> '${log}'`);
    addSudo();
    for (const tool of ['verilator', 'g++', 'make', 'yosys']) addProgram(tool);
    const { status, stderr } = setup('--test');
    expect(status).toBe(0);
    expect(readFileSync(log, 'utf8').split('\n')).toEqual([
      expect.stringMatching(/^npm install --no-save .* @yowasp\/nextpnr-ice40@0\.8\.621$/),
      'apk add iverilog',
      '',
    ]);
    expect(stderr).toContain('Missing: nextpnr-ice40, which places and routes designs');
  });

  it('asks for no nextpnr when no tests are run', () => {
    for (const tool of ['verilator', 'g++', 'make', 'yosys']) addProgram(tool);
    expect(setup().stderr).toBe('');
  });

  it('fails and prints the command when the installation brings nothing', () => {
    addProgram('apt-get', 'exit 100');
    addSudo();
    const { status, stderr } = setup();
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /Cannot install verilator, g\+\+, make, yosys: .*\n {2}Run: .*apt-get install/,
    );
  });

  it('fails when no package manager is known', () => {
    const { status, stderr } = setup();
    expect(status).toBe(1);
    expect(stderr).toMatch(/Cannot install verilator, g\+\+, make.*: no known package manager/);
  });

  it('does not ask for a native yosys when only that is missing and npm brought one', () => {
    if (!existsSync(join(packageRoot, 'node_modules', '@yowasp', 'yosys'))) return;
    for (const tool of ['verilator', 'g++', 'make']) addProgram(tool);
    const { status, stderr } = setup();
    expect(status).toBe(0);
    expect(stderr).toBe('');
  });
});

describe('.ci/build.mjs', () => {
  it('removes compiled modules whose source is gone', () => {
    const stale = join(packageRoot, 'dist', 'src', 'stale-module.js');
    writeFileSync(stale, '');
    const build = join(packageRoot, '.ci', 'build.mjs');
    expect(spawnSync(process.execPath, [build]).status).toBe(0);
    expect(existsSync(stale)).toBe(false);
  });
});
