import type { Manifest } from '../../src/manifest.ts';
import type { SynthesisDesign } from './read-design.ts';
import { shortImage } from './short-image.ts';

export interface ShortenedDesign {
  readonly design: SynthesisDesign;
  /** Bits that each shortened memory needs; empty where none was. */
  readonly bits: readonly number[];
}

/** From which size memories are shortened; both must be reached. */
export interface ShortenFrom {
  readonly words: number;
  readonly bits: number;
}

/**
 * Smaller memories cost no time. A shallow one of any width may become LUTs, whose number depends on the
 * contents: yosys counts 1/64 LUT a bit against the whole blocks that the width takes, and makes 215 words
 * of 380 bits of LUTs on xc7. At 2,048 words no block is idle for the most part in any family.
 */
const SHORTEN_FROM: ShortenFrom = { words: 2048, bits: 65_536 };

/** The design with short images in place of its large memories' contents. */
export function shortenMemories(
  design: SynthesisDesign,
  from: ShortenFrom = SHORTEN_FROM,
): ShortenedDesign {
  const files = new Map(design.files);
  const isLarge = ({ words, width }: Manifest['memories'][number]) =>
    words >= from.words && words * width >= from.bits;
  const bits: number[] = [];
  for (const [seed, memory] of design.memories.entries()) {
    if (!isLarge(memory)) continue;
    const { file, words, width } = memory;
    const short = shortImage({ content: files.get(file)!, words, width, seed });
    if (short === undefined) continue;
    files.set(file, short.content);
    bits.push(short.bits);
  }
  return { design: { ...design, files }, bits };
}
