import type { MemoryImage } from '../plan/types.ts';

/** Spell a memory image as `$readmemh` reads it: a comment line, then one hexadecimal word a line. */
export function memoryFile({ comment, width, words }: MemoryImage): string {
  const digits = Math.ceil(width / 4);
  const lines = words.map((word) => word.toString(16).padStart(digits, '0'));
  return `// ${comment}; ${words.length} words of ${width} bits\n${lines.join('\n')}\n`;
}
