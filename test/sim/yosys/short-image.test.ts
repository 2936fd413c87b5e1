import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortImage } from '../../../sim/yosys/short-image.ts';
import { shortenMemories } from '../../../sim/yosys/shorten.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const wordsOf = (content: Uint8Array) => new TextDecoder().decode(content).trim().split('\n');

describe('shortImage()', () => {
  it('keeps exactly those bits constant that never change when it shortens', () => {
    const image = fc
      .record({ width: fc.integer({ min: 1, max: 40 }), words: fc.integer({ min: 65, max: 90 }) })
      .chain(({ width, words }) => {
        const word = fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n });
        // Bits outside the mask stay at their base: columns that are constant are common.
        const all = fc.array(word, { minLength: words, maxLength: words });
        return fc.record({ width: fc.constant(width), base: word, mask: word, all });
      });
    fc.assert(
      fc.property(image, ({ width, base, mask, all }) => {
        const values = all.map((value) => (base & ~mask) | (value & mask));
        const digits = Math.ceil(width / 4);
        const lines = values.map((value) => value.toString(16).padStart(digits, '0'));
        const content = bytes(`// a memory\n${lines.join('\n')}\n`);
        const short = shortImage({ content, words: values.length, width, seed: 3 })!;
        const shortValues = wordsOf(short.content).map((word) => BigInt(`0x${word}`));
        const and = (list: readonly bigint[]) => list.reduce((sum, value) => sum & value);
        const or = (list: readonly bigint[]) => list.reduce((sum, value) => sum | value);
        expect(shortValues).toHaveLength(64);
        expect(and(shortValues)).toBe(and(values));
        expect(or(shortValues)).toBe(or(values));
        const varying = (and(values) ^ or(values)).toString(2).replaceAll('0', '').length;
        expect(short.bits).toBe(varying * values.length);
      }),
    );
  });

  it('differs when the seed does', () => {
    const content = bytes('00\nff\n'.repeat(50));
    const [a, b] = [0, 1].map((seed) => shortImage({ content, words: 100, width: 8, seed })!);
    expect(wordsOf(a!.content)).not.toEqual(wordsOf(b!.content));
    // 8 bits that vary in 100 words.
    expect(a!.bits).toBe(800);
  });

  it('gives up when the file is not one word a line, or too short to gain anything', () => {
    const lines = '00\nff\n'.repeat(50);
    expect(shortImage({ content: bytes(lines), words: 99, width: 8, seed: 0 })).toBeUndefined();
    expect(shortImage({ content: bytes(lines), words: 100, width: 9, seed: 0 })).toBeUndefined();
    const withAddress = bytes(`@0\n${lines.slice(3)}`);
    expect(shortImage({ content: withAddress, words: 100, width: 8, seed: 0 })).toBeUndefined();
    const unknownBits = bytes(`xx\n${lines.slice(3)}`);
    expect(shortImage({ content: unknownBits, words: 100, width: 8, seed: 0 })).toBeUndefined();
    const few = bytes('00\nff\n'.repeat(32));
    expect(shortImage({ content: few, words: 64, width: 8, seed: 0 })).toBeUndefined();
  });
});

describe('shortenMemories()', () => {
  it('shortens large memories only, and leaves the design it is given alone', () => {
    const memory = (file: string, words: number) => ({ file, words, width: 8, sha256: '' });
    // 2,047 words of 8,000 bits are many bits, but may become LUTs.
    const wide = { file: 'wide.mem', words: 2047, width: 8000, sha256: '' };
    const files = new Map([
      ['large.mem', bytes('00\nff\n'.repeat(4096))],
      ['small.mem', bytes('00\nff\n'.repeat(4095))],
      ['wide.mem', bytes(`${'0f'.repeat(1000)}\n`.repeat(2047))],
    ]);
    const design = {
      name: 'x',
      top: 'x',
      arrayModule: 'x',
      elements: 1,
      sources: [],
      // 8,192 x 8 = 65,536 bits is the first that is shortened.
      memories: [memory('large.mem', 8192), memory('small.mem', 8190), wide],
      files,
    };
    const short = shortenMemories(design);
    expect(short.bits).toEqual([65_536]);
    expect(wordsOf(short.design.files.get('large.mem')!)).toHaveLength(64);
    for (const file of ['small.mem', 'wide.mem']) {
      expect(short.design.files.get(file)).toBe(files.get(file));
    }
    expect(wordsOf(files.get('large.mem')!)).toHaveLength(8192);
  });
});
