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

  it('useBackend() has clones on wasm share their values and outlive each other', async () => {
    await useBackend('wasm');
    const before = tf.memory();
    const original = tf.tensor1d([1, 2, 3]);
    const clone = tf.clone(original);
    expect(tf.memory().numDataBuffers - before.numDataBuffers).toBe(1);
    original.dispose();
    tf.tensor1d([7, 8, 9]).dispose();
    expect([...clone.dataSync()]).toEqual([1, 2, 3]);
    clone.dispose();
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
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
