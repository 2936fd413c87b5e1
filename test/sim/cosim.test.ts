import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cosim } from '../../sim/cosim.ts';
import { silent } from '../../src/progress.ts';
import { type CopyChanges, copyValues, writeCopyDesign } from './copy-design.ts';

// The first simulator of a machine builds Verilator's library and header first.
vi.setConfig({ testTimeout: 300_000 });

let designDir = '';
beforeEach(() => {
  designDir = mkdtempSync(join(tmpdir(), 'cosim-test-'));
});
afterEach(() => rmSync(designDir, { recursive: true, force: true }));

/** Images whose value at position p of image i is 7 i + p. */
function countingImages(count: number): Uint8Array {
  return Uint8Array.from(
    { length: count * copyValues },
    (_, i) => 7 * Math.floor(i / copyValues) + (i % copyValues),
  );
}

async function cosimCopy(changes: CopyChanges, options: { count: number; [key: string]: unknown }) {
  await writeCopyDesign(designDir, changes);
  const images = countingImages(options.count);
  return cosim({ designDir, images, processes: 1, progress: silent, ...options });
}

test('cosim() finds no difference and the planned cycles when the RTL is right', async () => {
  const steps: number[] = [];
  const report = await cosimCopy(
    {},
    { count: 5, processes: 2, progress: (done: number) => steps.push(done) },
  );
  expect(report.failures).toEqual([]);
  expect(report).toMatchObject({
    images: 5,
    mismatches: 0,
    // 18 beats an operation, one a cycle (copy-design.ts).
    cyclesPerImage: 36,
    plannedCyclesPerImage: 36,
    processes: 2,
    // 5 images of 30 values: two operations and the output stream.
    valuesCompared: 450,
    firstMismatch: null,
  });
  expect(report.layers.map(({ name, cycles, values }) => [name, cycles, values])).toEqual([
    ['first', 18, 150],
    ['second', 18, 150],
  ]);
  // Each image is a step for the golden model and one for the simulator.
  expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test.each([0.05, 0.3, 0.7, 0.95])(
  'cosim() finds no difference when streams stall with probability %d',
  async (p) => {
    for (const seed of [1, 2, 3, 4]) {
      const report = await cosimCopy({}, { count: 4, stallProbability: p, seed });
      expect(report.failures).toEqual([]);
      expect(report.images).toBe(4);
    }
  },
);

test('cosim() names layer, place, cycle and both values when the RTL differs', async () => {
  const report = await cosimCopy({ offsets: [0, -99] }, { count: 2, seed: 9 });
  // All values of `second` in both images, and the same values in the stream: 2 * 30 each.
  expect(report.mismatches).toBe(120);
  expect(report.layers.map(({ mismatches }) => mismatches)).toEqual([0, 60]);
  const { cycle, ...place } = report.firstMismatch!;
  expect(place).toEqual({
    layer: 'second',
    image: 0,
    channel: 0,
    row: 0,
    column: 0,
    golden: -100,
    rtl: -99,
  });
  expect(report.failures[0]).toEqual({
    problem: `Layer "second" differs at channel 0, row 0, col 0 of image 0 (cycle ${cycle}): golden -100, RTL -99; 60 of 60 values`,
    remedy: 'Rerun with --seed 9 --trace for a waveform around it',
  });
});

test('cosim() names the one value that differs when only one does', async () => {
  // Pixel 4 is (row 1, column 1) and the first of the second block; channel 4 is alone in its tile.
  const report = await cosimCopy(
    {
      edits: [
        [
          'copy_top.sv',
          'assign mon_data_o  = {high, low};',
          "assign mon_data_o  = {high, low ^ {15'd0, !op_q && at == 5'd24}};",
        ],
      ],
    },
    { count: 1 },
  );
  expect(report.mismatches).toBe(1);
  // Position 24 = 5 * 4 + 4 holds the value 24; its last bit is flipped.
  expect(report.firstMismatch).toMatchObject({
    layer: 'first',
    channel: 4,
    row: 1,
    column: 1,
    golden: 24,
    rtl: 25,
  });
});

// The fourth value of the stream: two groups of two channels of the first pixel.
test('cosim() says that the output stream differs when only the stream does', async () => {
  const report = await cosimCopy(
    {
      edits: [
        [
          'copy_top.sv',
          'assign m_axis_tdata_o  = results[read_at_q];',
          "assign m_axis_tdata_o  = results[read_at_q] ^ {15'd0, read_at_q == 5'd3};",
        ],
      ],
    },
    { count: 1 },
  );
  expect(report.mismatches).toBe(1);
  expect(report.failures[0]!.problem).toContain(
    'The output stream differs at channel 3, row 0, col 0',
  );
});

test('cosim() fails when the cycles are not the planned ones', async () => {
  const report = await cosimCopy({ plannedCycles: [18, 17] }, { count: 2 });
  expect(report.mismatches).toBe(0);
  expect(report.failures.map(({ problem }) => problem)).toEqual([
    'Layer "second" takes 18 cycles, the plan says 17',
    'An image takes 36 cycles, the plan says 35',
  ]);
});

test('cosim() reports a hang and where when the accelerator stops', async () => {
  const report = await cosimCopy(
    { edits: [['copy_top.sv', 'if (last_beat) op_q <= !op_q;', 'if (last_beat) op_q <= 1;']] },
    { count: 3 },
  );
  // The first image passes; the second starts in the second operation, which the harness does not accept.
  expect(report.failures[0]!.problem).toMatch(
    /^The accelerator breaks its interface's rules: op 1 follows/,
  );
});

test('cosim() reports the layer in which the accelerator hangs', async () => {
  const report = await cosimCopy(
    {
      edits: [
        [
          'copy_top.sv',
          'assign mon_stall_o = busy_q && op_q && draining_q;',
          'assign mon_stall_o = busy_q && op_q;',
        ],
      ],
    },
    { count: 2 },
  );
  expect(report.failures[0]!.problem).toMatch(
    /^The accelerator waits for the output stream in layer "second", cycle \d+: 60 of 60 input and 0 of 60 output values passed$/,
  );
});

test.each([
  {
    rule: 'TVALID that drops',
    file: 'copy_top.sv',
    text: 'assign m_axis_tvalid_o = draining_q;',
    broken: "assign m_axis_tvalid_o = draining_q && m_axis_tready_i == (read_at_q != 5'd4);",
    fault: 'the result stream drops TVALID',
  },
  {
    rule: 'TLAST',
    file: 'copy_top.sv',
    text: "assign m_axis_tlast_o  = read_at_q == 5'(Values - 1);",
    broken: "assign m_axis_tlast_o  = read_at_q == 5'd7;",
    fault: "the result stream's TLAST is wrong at value 8",
  },
  {
    rule: 'CYCLES register',
    file: 'copy_registers.sv',
    text: "cycles_q <= count_q + 32'd1",
    broken: "cycles_q <= count_q + 32'd2",
    fault: 'the register CYCLES is',
  },
  {
    rule: 'OUTPUT_STALL register',
    file: 'copy_registers.sv',
    text: 'if (stall_i) out_stall_q',
    broken: 'if (stall_i && !image_end_i && busy_i && !waiting_i) out_stall_q',
    fault: 'the register OUTPUT_STALL is',
  },
  {
    rule: 'INPUT_STALL register',
    file: 'copy_registers.sv',
    text: 'if (run_o && !busy_i) in_stall_q',
    broken: 'if (!run_o && !busy_i) in_stall_q',
    fault: 'the register INPUT_STALL is',
  },
  {
    rule: 'ID register',
    file: 'copy_registers.sv',
    text: "32'h4144_4446",
    broken: "32'h4144_4447",
    fault: 'the register ID is',
  },
  {
    rule: 'VERSION register',
    file: 'copy_registers.sv',
    text: "32'h0000_0100",
    broken: "32'h0000_0200",
    fault: 'the register VERSION is 512 instead of 256',
  },
  {
    rule: 'TLAST flag',
    file: 'copy_registers.sv',
    text: "{30'd0, waiting_i, busy_i}",
    broken: "{30'd1, waiting_i, busy_i}",
    fault: 'the register STATUS, bit 2 (TLAST misplaced), is 1 instead of 0',
  },
  {
    rule: 'AXI4-Lite answer that comes too early',
    file: 'copy_registers.sv',
    text: 'assign write     = awvalid_i && wvalid_i && !bvalid_o;',
    broken: 'assign write     = awvalid_i && (wvalid_i || awaddr_i[4:3] != 0) && !bvalid_o;',
    fault: 'AXI4-Lite answers a write that was not made',
  },
  {
    rule: 'reset that forgets a bank',
    file: 'copy_top.sv',
    text: "      fill_at_q <= '0;\n      drain_q   <= 1'b0;",
    broken: "      drain_q   <= 1'b0;",
    fault: 'differs',
  },
  {
    rule: 'DONE register at the second start',
    file: 'copy_registers.sv',
    text: "started_q   <= 1'b1;\n          done_q      <= '0;",
    broken: "started_q   <= 1'b1;",
    fault: 'the register DONE is 6 instead of 1',
  },
])('cosim() notices a broken $rule', async ({ file, text, broken, fault }) => {
  const report = await cosimCopy(
    { edits: [[file, text, broken]] },
    { count: 6, stallProbability: 0.5, seed: 5 },
  );
  expect(report.failures.map(({ problem }) => problem).join()).toContain(fault);
});

test('cosim() passes on what an assertion in the RTL says', async () => {
  const run = cosimCopy(
    {
      edits: [
        [
          'copy_top.sv',
          'endmodule : copy_top',
          'always_ff @(posedge clk_i) assert (!rst_ni || !image_end);\nendmodule : copy_top',
        ],
      ],
    },
    { count: 1 },
  );
  await expect(run).rejects.toThrow(/the simulator broke off[\s\S]*Assertion failed in/);
});

test('cosim() writes a waveform around the first difference when told to trace', async () => {
  const traceFile = join(designDir, 'wave.fst');
  const report = await cosimCopy({ offsets: [1, -100] }, { count: 2, trace: true, traceFile });
  expect(report.trace).toBe(traceFile);
  expect(statSync(traceFile).size).toBeGreaterThan(500);
});

test('cosim() refuses a design whose memory image has changed', async () => {
  await writeCopyDesign(designDir);
  writeFileSync(join(designDir, 'offsets.mem'), '0000\nff9b\n');
  const run = cosim({ designDir, images: countingImages(1), count: 1, progress: silent });
  await expect(run).rejects.toThrow(
    /Cannot use design ".*": "offsets.mem" has changed since it was generated/,
  );
});

test('cosim() refuses images of another size, bad probabilities and seeds, all at once', async () => {
  await writeCopyDesign(designDir);
  const images = countingImages(2);
  const run = cosim({
    designDir,
    images,
    count: 3,
    stallProbability: 1,
    seed: -1,
    progress: silent,
  });
  await expect(run).rejects.toThrow(
    /stall probability of 1\n[\s\S]*seed of -1\n[\s\S]*3 images of 2x3x5 have 90 bytes, 60 were given/,
  );
});

test('cosim() refuses a folder without a manifest', async () => {
  const run = cosim({ designDir, images: countingImages(1), count: 1, progress: silent });
  await expect(run).rejects.toThrow(/has no manifest.json\n {2}Name a design directory/);
  expect(existsSync(join(designDir, 'cosim.fst'))).toBe(false);
});
