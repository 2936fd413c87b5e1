/**
 * @file A report as one HTML page that needs nothing else: no script, no font, no address.
 */
import { type Content, element, spell } from './svg/markup.ts';

const STYLE = `
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; color: #1d2330; background: #fff; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccd2dd; }
table { border-collapse: collapse; margin: 1rem 0; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 2px 10px; border-bottom: 1px solid #e3e7ee; text-align: right; } th:first-child, td:first-child { text-align: left; }
.scroll { overflow-x: auto; } .charts { display: flex; flex-wrap: wrap; gap: 10px; }
svg { font: 10px system-ui, sans-serif; fill: #1d2330; } svg .title { font-weight: 600; font-size: 11.5px; }
svg .axis line, svg .diagonal { stroke: #6b7486; stroke-width: 1; } svg .axis .grid { stroke: #e3e7ee; }
svg .diagonal { stroke-dasharray: 4 4; } svg .curve { fill: none; stroke-width: 1.6; }
`;

/** Write a page; every text in it is escaped, and the page itself forbids whatever is not in it. */
export function htmlPage(title: string, ...content: readonly Content[]): string {
  const head = element(
    'head',
    {},
    { markup: '<meta charset="utf-8">' },
    {
      markup:
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    },
    element('title', {}, title),
    // Our own constant: style sheets are not escaped as text is.
    element('style', {}, { markup: STYLE }),
  );
  const body = element('body', {}, element('h1', {}, title), content);
  return `<!DOCTYPE html>\n<html lang="en">${spell([head, body])}</html>\n`;
}
