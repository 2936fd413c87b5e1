import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lintDesign } from '../../sim/lint.ts';
import { writeCopyDesign } from './copy-design.ts';

let designDir = '';
beforeEach(() => {
  designDir = mkdtempSync(join(tmpdir(), 'lint-test-'));
});
afterEach(() => rmSync(designDir, { recursive: true, force: true }));

test('lintDesign() finds nothing when the RTL is clean', async () => {
  await writeCopyDesign(designDir);
  expect(await lintDesign(designDir)).toEqual([]);
});

test('lintDesign() tells what each tool says when a port does not exist', async () => {
  await writeCopyDesign(designDir, {
    edits: [['copy_top.sv', '.run_o      (run)', '.no_such_o  (run)']],
  });
  const findings = await lintDesign(designDir);
  expect(findings.map(({ tool, top }) => `${tool} ${top}`)).toEqual([
    'verilator copy_top',
    'yosys copy_top',
    'iverilog copy_top',
  ]);
  for (const { output } of findings) expect(output).toContain('no_such_o');
});

test('lintDesign() reports a single warning when a signal is unused', async () => {
  await writeCopyDesign(designDir, {
    edits: [['copy_registers.sv', 'logic        write,', 'logic        lonely, write,']],
  });
  const findings = await lintDesign(designDir);
  expect(findings.find(({ top }) => top === 'copy_registers')!.output).toContain('lonely');
});
