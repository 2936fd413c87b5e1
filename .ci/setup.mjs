/**
 * @file Make a fresh clone ready: Node's version, npm packages, external tools, dist/. Plain Node, no dependencies.
 *
 * `npm run demo` and `npm test` call it first. When everything is there it takes a fraction of a second and prints nothing.
 *
 *     node .ci/setup.mjs           what the program needs: verilator, g++, make, yosys (native or from npm)
 *     node .ci/setup.mjs --test    also what the tests need: iverilog, nextpnr-ice40 (of the system or from npm)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installTools, missingTools, toolsWithoutPackage } from './install-tools.mjs';

const OLDEST_NODE = 20;

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

function stop(problem, remedy) {
  console.error(`${problem}\n  ${remedy}`);
  process.exit(1);
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_NODE) return;
  stop(
    `Cannot run on Node ${process.versions.node}: version ${OLDEST_NODE} or newer is needed`,
    'Install a newer Node from https://nodejs.org or your package manager',
  );
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { packages: {} };
  }
}

/** True when node_modules holds the versions that package-lock.json names; packages for other systems may be absent. */
function packagesAreInstalled() {
  const wanted = readJson('package-lock.json').packages;
  const installed = readJson(join('node_modules', '.package-lock.json')).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    if (installed[path] === undefined) return optional === true;
    return installed[path].version === version && existsSync(join(path, 'package.json'));
  });
}

function runNpm(args) {
  // The npm that runs this script, where one does: another may be on the PATH.
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
}

function installPackages() {
  if (packagesAreInstalled()) return;
  console.error('Installing npm packages: npm ci');
  const { status } = runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status === 0) return;
  stop(
    `Cannot install the npm packages: npm ci ended with status ${status}`,
    'Read its messages above; a registry must be reachable, or node_modules filled beforehand',
  );
}

/** Lets `npx adderforge` find the program: npm links the commands of dependencies, not those of the package itself. */
function linkCommand() {
  const link = join('node_modules', '.bin', 'adderforge');
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  mkdirSync(join('node_modules', '.bin'), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join('..', '..', 'dist', 'src', 'cli', 'main.js'), link);
}

function build() {
  const { status } = spawnSync(process.execPath, [join('.ci', 'build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(1);
}

/** The nextpnr of npm serves where the system's package manager has none. It is no dependency: the program itself needs neither. */
const NEXTPNR_PACKAGE = '@yowasp/nextpnr-ice40@0.8.621';

function installNextpnr() {
  console.error(`Missing: nextpnr-ice40, which places and routes designs`);
  const args = ['install', '--no-save', '--no-audit', '--no-fund', NEXTPNR_PACKAGE];
  console.error(`Installing: npm ${args.join(' ')}`);
  if (runNpm(args).status === 0) return;
  stop('Cannot install nextpnr-ice40', `Run: npm ${args.join(' ')}`);
}

function checkTools(forTests) {
  const hasNextpnr = existsSync(join('node_modules', '@yowasp', 'nextpnr-ice40'));
  const testTools = ['iverilog', ...(hasNextpnr ? [] : ['nextpnr-ice40'])];
  const all = ['verilator', 'g++', 'make', ...(forTests ? testTools : [])];
  const unpackaged = toolsWithoutPackage(missingTools(all));
  if (unpackaged.includes('nextpnr-ice40')) installNextpnr();
  const needed = all.filter((tool) => !unpackaged.includes(tool));
  const missing = missingTools(needed);
  const wasmYosys = existsSync(join('node_modules', '@yowasp', 'yosys'));
  const noYosys = missingTools(['yosys']).length > 0;
  // A native yosys is faster, but the one from npm gives the same counts: not worth an installation of its own.
  const wanted = noYosys && (!wasmYosys || missing.length > 0) ? [...missing, 'yosys'] : missing;
  if (wanted.length === 0 || installTools(wanted)) return;
  const stillMissing = missingTools([...needed, ...(wasmYosys ? [] : ['yosys'])]);
  if (stillMissing.length > 0) process.exit(1);
}

checkNode();
installPackages();
build();
linkCommand();
checkTools(process.argv.includes('--test'));
