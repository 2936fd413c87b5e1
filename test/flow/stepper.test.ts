import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFlowState } from '../../src/flow/flow-state.ts';
import { stepper } from '../../src/flow/stepper.ts';

let folder: string;
let notes: string[];
let runs: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adderforge-stepper-'));
  notes = [];
  runs = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** One run of a flow with the single step "double". */
async function runOnce(input: number, program = 'program 1') {
  const context = {
    during: async <T>(_: string, work: (progress: () => void) => Promise<T> | T) => work(() => {}),
    note: (line: string) => notes.push(line),
  };
  const { step, outcomes } = stepper(readFlowState(folder), program, context);
  const result = await step({
    name: 'double',
    inputs: { input },
    outputs: ['double.txt'],
    work: async () => {
      runs += 1;
      writeFileSync(join(folder, 'double.txt'), `${2 * input}`);
      return { doubled: 2 * input };
    },
  });
  return { result, outcomes };
}

describe('stepper()', () => {
  it('runs a step once and returns the recorded result when nothing changed', async () => {
    const first = await runOnce(3);
    const second = await runOnce(3);
    expect(runs).toBe(1);
    expect(second.result).toEqual({ doubled: 6 });
    expect([first, second].map(({ outcomes }) => outcomes[0]?.ran)).toEqual([true, false]);
    expect(notes).toEqual([expect.stringMatching(/^double: done in /), 'double: up to date']);
  });

  it('runs a step again when its input, the program or its output changed', async () => {
    await runOnce(3);
    expect((await runOnce(4)).result).toEqual({ doubled: 8 });
    await runOnce(4, 'program 2');
    expect(runs).toBe(3);
    writeFileSync(join(folder, 'double.txt'), 'damaged');
    await runOnce(4, 'program 2');
    expect(runs).toBe(4);
  });

  it('records nothing when the work fails', async () => {
    await runOnce(3);
    const context = {
      during: async (_: string, work: (p: () => void) => unknown) => work(() => {}),
      note: () => {},
    };
    const failing = stepper(readFlowState(folder), 'program 1', context as never).step({
      name: 'double',
      inputs: { input: 5 },
      work: () => Promise.reject(new Error('no')),
    });
    await expect(failing).rejects.toThrow('no');
    await runOnce(3);
    expect(runs).toBe(1);
  });
});
