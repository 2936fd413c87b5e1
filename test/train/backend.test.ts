import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { useBackend } from '../../src/train/backend.ts';
import { kernelMemoryOf } from '../../src/train/ops/kernel-memory.ts';

const hasNode = await import('@tensorflow/tfjs-node' as string).then(
  () => true,
  () => false,
);

describe('useBackend', () => {
  it('useBackend() shares memory with the pinned version of the wasm backend', async () => {
    expect(await useBackend('wasm')).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(kernelMemoryOf(tf.backend()).way).toBe('shared');
  });

  it('useBackend() copies on the cpu backend', async () => {
    expect(await useBackend('cpu')).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    expect(kernelMemoryOf(tf.backend()).way).toBe('copied');
  });

  it('useBackend() says nothing on the console, also when it is called again', async () => {
    const said = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')];
    for (const name of ['wasm', 'cpu', 'wasm'] as const) {
      await useBackend(name);
      expect(tf.sum(tf.ones([3])).dataSync()[0]).toBe(3);
    }
    for (const spy of said) {
      expect(spy.mock.calls).toEqual([]);
      spy.mockRestore();
    }
  });

  it.skipIf(hasNode)('useBackend() takes wasm where tfjs-node is not installed', async () => {
    expect(await useBackend()).toBe('wasm');
    await expect(useBackend('tfjs-node')).rejects.toMatchObject({
      name: 'DesignError',
      issues: [
        {
          problem:
            'Cannot train on "tfjs-node": the package "@tensorflow/tfjs-node" does not load (not installed)',
          remedy: expect.stringContaining('npm install --no-save @tensorflow/tfjs-node@4.22.0'),
        },
      ],
    });
  });
});
