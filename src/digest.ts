import { createHash } from 'node:crypto';

/** Sha256 of bytes or text, as hexadecimal. */
export function digestOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
