/** Depths of half a 36 Kbit block RAM by width; the parity bits count from 9 bits on. */
const halves = [
  { width: 36, depth: 512 },
  { width: 18, depth: 1024 },
  { width: 9, depth: 2048 },
  { width: 4, depth: 4096 },
  { width: 2, depth: 8192 },
  { width: 1, depth: 16_384 },
] as const;

/** A memory, and the ports that read it: only with a single one a block can be 36 bits wide. */
interface Memory {
  readonly words: number;
  readonly width: number;
  readonly readPorts: 1 | 2;
}

/**
 * Block RAMs of 36 Kbit, in halves, that a memory takes: its bits cut into halves of one width or several, whichever is least.
 */
export function blockRams({ words, width, readPorts }: Memory): number {
  const possible = halves.filter((half) => readPorts === 1 || half.width <= 18);
  const least = [0];
  for (let bits = 1; bits <= width; bits++) {
    least.push(
      Math.min(
        ...possible.map(
          (half) => least[Math.max(0, bits - half.width)] + Math.ceil(words / half.depth),
        ),
      ),
    );
  }
  return least[width] / 2;
}
