import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFlowState, recordStep, upToDateResult } from '../../src/flow/flow-state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adderforge-flow-'));
  mkdirSync(join(folder, 'design'));
  writeFileSync(join(folder, 'design', 'a.sv'), 'module a; endmodule\n');
  const state = readFlowState(folder);
  recordStep(state, { name: 'generate', key: 'k1', outputs: ['design'], result: { lines: 1 } });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const result = (key = 'k1') => upToDateResult(readFlowState(folder), 'generate', key);

describe('flow state', () => {
  it('upToDateResult() returns the recorded result when key and files are unchanged', () => {
    expect(result()).toEqual({ result: { lines: 1 } });
  });

  it('upToDateResult() returns nothing when the key differs or the step is unknown', () => {
    expect(result('k2')).toBeUndefined();
    expect(upToDateResult(readFlowState(folder), 'cosim', 'k1')).toBeUndefined();
  });

  it('upToDateResult() returns nothing when an output was changed, extended or removed', () => {
    writeFileSync(join(folder, 'design', 'b.sv'), '');
    expect(result()).toBeUndefined();
    rmSync(join(folder, 'design', 'b.sv'));
    expect(result()).toBeDefined();
    writeFileSync(join(folder, 'design', 'a.sv'), 'module a; endmodule');
    expect(result()).toBeUndefined();
    rmSync(join(folder, 'design'), { recursive: true });
    expect(result()).toBeUndefined();
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"format":"adderforge-flow","version":1,"steps":{"generate":null}}',
  ])('readFlowState() starts afresh when flow.json holds %j', (text) => {
    writeFileSync(join(folder, 'flow.json'), text);
    expect(readFlowState(folder).steps.size).toBe(0);
  });

  it('recordStep() keeps earlier steps and leaves no temporary file', () => {
    recordStep(readFlowState(folder), { name: 'cosim', key: 'k3', outputs: [], result: 7 });
    const { steps } = JSON.parse(readFileSync(join(folder, 'flow.json'), 'utf8'));
    expect(Object.keys(steps)).toEqual(['generate', 'cosim']);
    expect(readdirSync(folder).sort()).toEqual(['design', 'flow.json']);
  });

  it('recordStep() throws when a promised output is missing', () => {
    const step = { name: 'import', key: 'k', outputs: ['x.model'], result: null };
    expect(() => recordStep(readFlowState(folder), step)).toThrow(/did not write "x.model"/);
  });
});
