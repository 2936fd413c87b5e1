/**
 * @file A short image that stands in for a large memory's contents during synthesis.
 *
 * Block RAM does not depend on what it holds, but yosys spends most of its time on the initial values: a
 * ROM of 17,632 x 128 bit takes 38 s as written and 5 s with a short image on xc7 (Yosys 0.23), for
 * the same 64 RAMB36. What does depend on the contents are bits that never change: yosys removes them
 * from the memory. So the short image keeps exactly those, and no others, constant.
 *
 * Tried on ResNet-20 on 16 x 16, xc7: 9,828 LUT short and 9,815 whole, which is the mapper's noise; all
 * other figures equal. A memory that becomes LUTs must not be shortened: too few of its constants would be
 * counted (8,911 LUT in all). `shortenMemories` and `synthesizeTruly` see to that.
 */
/** Words of the short image: each varying bit takes both values, and no two memories look alike. */
const SHORT_WORDS = 64;

export interface ShortImage {
  readonly content: Uint8Array;
  /** Bits that the memory needs: its words times the bits that vary. */
  readonly bits: number;
}

/** A `$readmemh` image as it is. */
export interface WholeImage {
  readonly content: Uint8Array;
  readonly words: number;
  readonly width: number;
  /** Distinguishes memories: yosys would merge two that hold the same at the same address. */
  readonly seed: number;
}

/**
 * Make the short image of a memory; `undefined` where the file is not the plain list of hexadecimal
 * words that the generator writes, or not longer than the short one.
 */
export function shortImage({ content, words, width, seed }: WholeImage): ShortImage | undefined {
  const digits = Math.ceil(width / 4);
  const lines = dataLines(content);
  if (lines.length !== words || words <= SHORT_WORDS) return undefined;
  if (!lines.every((line) => line.length === digits && /^[0-9a-fA-F]+$/.test(line)))
    return undefined;

  // Bits that are one in every word, and bits that are one in any, by hexadecimal digit.
  const always = new Uint8Array(digits).fill(15);
  const ever = new Uint8Array(digits);
  for (const line of lines) {
    for (let i = 0; i < digits; i++) {
      const digit = Number.parseInt(line[i]!, 16);
      always[i]! &= digit;
      ever[i]! |= digit;
    }
  }
  const varying = always.map((one, i) => one ^ ever[i]!);
  const next = random(seed);
  const short: string[] = [];
  for (let word = 0; word < SHORT_WORDS; word++) {
    let line = '';
    for (let i = 0; i < digits; i++) {
      // The first two words are complements: no bit that varies is constant by chance.
      const bits = word === 0 ? 0 : word === 1 ? 15 : next() & 15;
      line += (always[i]! | (bits & varying[i]!)).toString(16);
    }
    short.push(line);
  }
  const varyingBits = varying.reduce((sum, digit) => sum + popCount(digit), 0);
  return { content: new TextEncoder().encode(`${short.join('\n')}\n`), bits: varyingBits * words };
}

/** Words of a `$readmemh` file, one a line; comments and blank lines left out. */
function dataLines(content: Uint8Array): readonly string[] {
  return new TextDecoder()
    .decode(content)
    .split('\n')
    .map((line) => line.replace(/\/\/.*/, '').trim())
    .filter((line) => line !== '');
}

/** Xorshift32 (Marsaglia 2003), its upper half. */
function random(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 16;
  };
}

function popCount(digit: number): number {
  return [1, 2, 4, 8].filter((bit) => digit & bit).length;
}
