/**
 * @file Build dist/: every TypeScript file outside test/ becomes a module, the AssemblyScript kernels become dist/kernels.wasm.
 *
 * Types are not checked here (`npm run check` does), so that a build takes a second. A file is rewritten only when its
 * source changed, always by renaming a finished temporary file: workers of a running program never read half a module.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const SOURCE_FOLDERS = ['src', 'generator', 'sim', 'bench'];
const ASSEMBLY = join('src', 'kernels', 'assembly');
const COMMAND = join('dist', 'src', 'cli', 'main.js');
const STAMPS = join('dist', '.build.json');
const ASC_FLAGS = '--optimizeLevel 3 --noAssert --runtime stub --enable simd --importMemory'.split(
  ' ',
);

/** All files below a folder, as paths from the package's root; sorted, so that a hash over them is stable. */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

function hash(...texts) {
  const digest = createHash('sha256');
  for (const text of texts) digest.update(text).update('\0');
  return digest.digest('hex');
}

function replaceFile(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return {};
  }
}

const outputOf = (source) => join('dist', source.replace(/\.ts$/, '.js'));

function changedSources(sources, before, after, settings) {
  return sources.filter((source) => {
    after[source] = hash(settings, readFileSync(source));
    return before[source] !== after[source] || !existsSync(outputOf(source));
  });
}

async function transpile(sources) {
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  // Without a program the compiler does not read package.json and would take NodeNext to mean CommonJS.
  const compilerOptions = {
    ...options,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  for (const source of sources) {
    const { outputText, diagnostics } = ts.transpileModule(readFileSync(source, 'utf8'), {
      compilerOptions,
      fileName: source,
      reportDiagnostics: true,
    });
    if (diagnostics.length > 0) {
      const host = {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => '.',
        getNewLine: () => '\n',
      };
      throw new Error(ts.formatDiagnostics(diagnostics, host));
    }
    replaceFile(outputOf(source), outputText);
  }
}

function removeStale(sources) {
  const wanted = new Set([...sources.map(outputOf), STAMPS, join('dist', 'kernels.wasm')]);
  for (const file of filesBelow('dist')) {
    if (!wanted.has(file) && !file.endsWith('.tmp')) rmSync(file, { force: true });
  }
}

function buildKernels(before, after) {
  const sources = filesBelow(ASSEMBLY).filter((file) => file.endsWith('.ts'));
  if (!sources.includes(join(ASSEMBLY, 'index.ts'))) return false;
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const compiler = lock.packages['node_modules/assemblyscript'].version;
  after.kernels = hash(
    compiler,
    ...ASC_FLAGS,
    ...sources,
    ...sources.map((file) => readFileSync(file)),
  );
  const target = join('dist', 'kernels.wasm');
  if (before.kernels === after.kernels && existsSync(target)) return false;
  mkdirSync('dist', { recursive: true });
  const temporary = join('dist', `kernels.${process.pid}.tmp`);
  execFileSync(
    process.execPath,
    [
      'node_modules/assemblyscript/bin/asc.js',
      join(ASSEMBLY, 'index.ts'),
      '--outFile',
      temporary,
      ...ASC_FLAGS,
    ],
    { stdio: 'inherit' },
  );
  renameSync(temporary, target);
  return true;
}

const before = readStamps();
const after = {};
const sources = SOURCE_FOLDERS.flatMap(filesBelow).filter(
  (file) => file.endsWith('.ts') && !file.startsWith(ASSEMBLY),
);
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const settings = hash(
  readFileSync('tsconfig.json'),
  lock.packages['node_modules/typescript'].version,
);
try {
  const changed = changedSources(sources, before, after, settings);
  if (changed.length > 0) await transpile(changed);
  removeStale(sources);
  const kernels = buildKernels(before, after);
  if (existsSync(COMMAND)) chmodSync(COMMAND, 0o755);
  if (changed.length > 0 || kernels || Object.keys(before).length !== Object.keys(after).length) {
    replaceFile(STAMPS, JSON.stringify(after, null, 1));
    console.error(`Built ${changed.length} modules${kernels ? ' and the kernels' : ''} into dist/`);
  }
} catch (error) {
  console.error(`Cannot build dist/: ${error.message}`);
  process.exitCode = 1;
}
