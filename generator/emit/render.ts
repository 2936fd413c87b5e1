/**
 * @file Handlebars, made strict: nothing is escaped, nothing is unknown, nothing is missing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { packageRoot } from '../../src/package-root.ts';

/** Values a template may use: numbers and finished words, lists of such for `#each`. */
export type View = Readonly<
  Record<string, string | number | boolean | readonly Readonly<Record<string, string | number>>[]>
>;

const folder = join(packageRoot, 'templates');
const options = { strict: true, noEscape: true, knownHelpersOnly: true } as const;

/** Render `templates/<module>.sv.hbs`; an unknown or missing name is an internal error. */
export function render(module: string, view: View): string {
  const handlebars = Handlebars.create();
  handlebars.registerPartial(
    'file_header',
    readFileSync(join(folder, 'partials', 'file_header.hbs'), 'utf8'),
  );
  const source = readFileSync(join(folder, `${module}.sv.hbs`), 'utf8');
  return handlebars.compile(source, options)(view);
}
