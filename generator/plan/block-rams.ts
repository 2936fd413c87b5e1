/** Depths of half a 36 Kbit block RAM by width; the parity bits count from 9 bits on. */
const halves = [
  { width: 18, depth: 1024 },
  { width: 9, depth: 2048 },
  { width: 4, depth: 4096 },
  { width: 2, depth: 8192 },
  { width: 1, depth: 16_384 },
] as const;

/**
 * Block RAMs of 36 Kbit, in halves, that a memory takes: its bits cut into halves of one width or several, whichever is least.
 */
export function blockRams({ words, width }: { words: number; width: number }): number {
  const least = [0];
  for (let bits = 1; bits <= width; bits++) {
    least.push(
      Math.min(
        ...halves.map(
          (half) => least[Math.max(0, bits - half.width)] + Math.ceil(words / half.depth),
        ),
      ),
    );
  }
  return least[width] / 2;
}
