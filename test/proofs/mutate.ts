import { expect } from 'vitest';
import type { ProofSource } from '../../sim/proofs/prove.ts';

/** The sources with one place changed, which must be there: a proof has to notice. */
export function mutate(sources: readonly ProofSource[], from: string, to: string): ProofSource[] {
  expect(sources.filter(({ text }) => text.includes(from))).toHaveLength(1);
  return sources.map(({ path, text }) => ({ path, text: text.replace(from, to) }));
}
