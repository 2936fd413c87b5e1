/**
 * @file SVG and HTML as text: the only place where texts become markup, so that nothing enters unescaped.
 */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is safe to put into a page as it is. */
export interface Markup {
  readonly markup: string;
}

/** What may stand between two tags: markup, text (which is escaped), or a list of both. */
export type Content = Markup | string | readonly Content[];

/** Text as it may stand in markup; control characters, which neither form allows, become a question mark. */
export function escapeText(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (c) => ENTITIES[c])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?')
  );
}

/** An element; numbers in attributes are written with at most two decimals. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly Content[]
): Markup {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeText(value)}"`,
  );
  return { markup: `<${name}${pairs.join('')}>${spell(content)}</${name}>` };
}

/** A coordinate. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Write content as markup. */
export function spell(content: Content): string {
  if (typeof content === 'string') return escapeText(content);
  return 'markup' in content ? content.markup : content.map(spell).join('');
}
