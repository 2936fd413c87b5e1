/**
 * @file Names of models, nodes and tensors: they end in reports, paths and comments of the RTL.
 */

/** Letters, digits, `.`, `_`, `-`; 1 to 64 of them, the first no dot. */
export const namePattern = /^(?!\.)[A-Za-z0-9._-]{1,64}$/;

/** The rule in words, for messages. */
export const nameRule = 'letters, digits, ".", "_" and "-", at most 64, not starting with a dot';

/** Whether `name` may name a model, node or tensor. */
export function isName(name: string): boolean {
  return namePattern.test(name);
}

/** A text of unknown origin, made printable: quoted, control characters escaped, at most 80 characters. */
export function quote(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  // JSON leaves the C1 range and line separators alone; a terminal might not.
  const plain = JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return plain;
}
