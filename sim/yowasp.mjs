/**
 * @file A program made of a YoWASP package from npm, which brings none: `yowasp.mjs @yowasp/yosys yosys -V`.
 *
 * Takes the package, the name of the program in it, and the program's arguments. The WebAssembly sees a copy of the current folder; files that it makes there are
 * written back. A process of its own, since the package computes without ever returning to the event loop.
 * Plain JavaScript, so that it starts from the source tree and from `dist` alike.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {{ [name: string]: Tree | Uint8Array | string }} Tree */

/** @param {string} folder @returns {Tree} */
function readTree(folder) {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? readTree(path) : readFileSync(path)];
    }),
  );
}

/** @param {string} folder @param {Tree} tree @param {Tree} before */
function writeNew(folder, tree, before) {
  for (const [name, content] of Object.entries(tree)) {
    const path = join(folder, name);
    if (typeof content === 'object' && !(content instanceof Uint8Array)) {
      writeNew(path, content, /** @type {Tree} */ (before[name] ?? {}));
    } else if (before[name] === undefined) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }
}

/** @param {NodeJS.WriteStream} stream */
const printer = (stream) => (/** @type {Uint8Array | null} */ bytes) => {
  if (bytes !== null) stream.write(bytes);
};

const [packageName, program, ...args] = process.argv.slice(2);
const { commands, Exit } = await import(/** @type {string} */ (packageName));
// Asked for its version it needs no files: the current folder may be anything then.
const before = args.some((arg) => arg === '-V' || arg === '--version') ? {} : readTree('.');
try {
  const after = await commands[/** @type {string} */ (program)](args, before, {
    stdout: printer(process.stdout),
    stderr: printer(process.stderr),
  });
  writeNew('.', after ?? {}, before);
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  // A log of what failed is among them.
  writeNew('.', error.files ?? {}, before);
  process.exitCode = error.code;
}
