/**
 * @file External tools: which are missing, and how this system's package manager installs them.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Every tool: what it is for, and the package that brings it, by package manager (a name alone where all agree). */
const TOOLS = {
  verilator: { purpose: 'simulates the generated hardware', package: 'verilator' },
  'g++': {
    purpose: 'compiles the simulation',
    package: {
      'apt-get': 'g++',
      dnf: 'gcc-c++',
      pacman: 'gcc',
      zypper: 'gcc-c++',
      apk: 'g++',
      brew: 'gcc',
    },
  },
  make: { purpose: 'builds the simulation', package: 'make' },
  iverilog: {
    purpose: 'checks the generated hardware a second time',
    package: {
      'apt-get': 'iverilog',
      dnf: 'iverilog',
      pacman: 'iverilog',
      zypper: 'iverilog',
      apk: 'iverilog',
      brew: 'icarus-verilog',
    },
  },
  yosys: { purpose: 'estimates FPGA resources', package: 'yosys' },
  // Only where the package is known to exist: a name that is not would stop all the others.
  'nextpnr-ice40': {
    purpose: 'places and routes designs',
    package: { 'apt-get': 'nextpnr-ice40', dnf: 'nextpnr' },
  },
};

/** Ways to install, in the order in which they are looked for; several commands run one after another. */
const MANAGERS = {
  'apt-get': {
    before: ['apt-get', 'update'],
    install: ['apt-get', 'install', '-y', '--no-install-recommends'],
  },
  dnf: { install: ['dnf', 'install', '-y'] },
  pacman: { install: ['pacman', '-Sy', '--noconfirm', '--needed'] },
  zypper: { install: ['zypper', '--non-interactive', 'install'] },
  apk: { install: ['apk', 'add'] },
  brew: { install: ['brew', 'install'], asUser: true },
};

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    if (folder === '') return false;
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The tools of the list that are not on the PATH. */
export function missingTools(names) {
  return names.filter((name) => !isOnPath(name));
}

const packageOf = (tool, manager) => {
  const entry = TOOLS[tool].package;
  return typeof entry === 'string' ? entry : entry[manager];
};

/** The tools of the list that this system's package manager has no package of. */
export function toolsWithoutPackage(names) {
  const manager = Object.keys(MANAGERS).find(isOnPath);
  return manager === undefined
    ? []
    : names.filter((tool) => packageOf(tool, manager) === undefined);
}

/** The commands that install the tools here, or `null` where no known package manager is found. */
export function installCommands(tools) {
  const manager = Object.keys(MANAGERS).find(isOnPath);
  if (manager === undefined) return null;
  const { before, install, asUser } = MANAGERS[manager];
  const prefix = asUser || process.getuid?.() === 0 ? [] : ['sudo'];
  const commands = [[...install, ...tools.map((tool) => packageOf(tool, manager))]];
  if (before) commands.unshift(before);
  return commands.map((command) => [...prefix, ...command]);
}

function mayRun(command) {
  if (command[0] !== 'sudo') return true;
  return isOnPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

/**
 * Install the tools and say so; true when all of them are there afterwards.
 *
 * Without the rights (neither root nor a sudo that asks for no password) nothing is run: the exact command is printed.
 */
export function installTools(tools) {
  for (const tool of tools) console.error(`Missing: ${tool}, which ${TOOLS[tool].purpose}`);
  const commands = installCommands(tools);
  if (commands === null) {
    console.error(`Cannot install ${tools.join(', ')}: no known package manager is on the PATH`);
    console.error('  Install them by hand, then run this again');
    return false;
  }
  const line = commands.map((command) => command.join(' ')).join(' && ');
  if (!mayRun(commands[0])) {
    console.error(`Cannot install ${tools.join(', ')}: this needs administrator rights`);
    console.error(`  Run: ${line}`);
    return false;
  }
  console.error(`Installing: ${line}`);
  // What a package manager prints belongs on standard error: standard output is the program's own.
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const [program, ...args] of commands)
    spawnSync(program, args, { stdio: ['ignore', 2, 2], env: environment });
  const missing = missingTools(tools);
  if (missing.length === 0) return true;
  console.error(`Cannot install ${missing.join(', ')}: the commands above did not bring them`);
  console.error(`  Run: ${line}`);
  return false;
}
