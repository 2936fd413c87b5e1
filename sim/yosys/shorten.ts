import type { SynthesisDesign } from './read-design.ts';
import { shortImage } from './short-image.ts';

export interface ShortenedDesign {
  readonly design: SynthesisDesign;
  /** Bits of the memories that were shortened; 0 where none was. */
  readonly bits: number;
}

/** Memories of this many bits and more are shortened: smaller ones cost no time, and may become LUTs. */
export const SHORTEN_FROM_BITS = 65_536;

/** The design with short images in place of its large memories' contents. */
export function shortenMemories(
  design: SynthesisDesign,
  fromBits = SHORTEN_FROM_BITS,
): ShortenedDesign {
  const files = new Map(design.files);
  let bits = 0;
  for (const [index, memory] of design.memories.entries()) {
    if (memory.words * memory.width < fromBits) continue;
    const { file, words, width } = memory;
    const short = shortImage({ content: files.get(file)!, words, width, seed: index });
    if (short === undefined) continue;
    files.set(file, short.content);
    bits += short.bits;
  }
  return { design: { ...design, files }, bits };
}
