/** @file Result FIFO and output stream keep every word in order, whatever their sides do. */
import { expect, test } from 'vitest';
import { type Proof, prove } from '../../sim/proofs/prove.ts';
import { proofTimeout, provesAll } from './how-much.ts';
import { mutate } from './mutate.ts';
import { tinySources } from './tiny-sources.ts';

const fifo: Proof = {
  name: 'result FIFO',
  harness: 'result_fifo',
  parameters: {},
  looksAt: {
    dut_level: 'dut.level_q',
    dut_free: 'dut.free_q',
    dut_write: 'dut.write_q',
    dut_read: 'dut.read_q',
    ...Object.fromEntries([0, 1, 2, 3].map((i) => [`dut_mem${i}`, `dut.u_words.mem[${i}]`])),
  },
  method: 'induction',
  steps: 6,
};
const fifoSources = tinySources(['an_ram', 'an_result_fifo']);

/** Bounded: long enough for three groups to go all the way, and with `all` for the memory to go round. */
const stream: Proof = {
  name: 'output stream',
  harness: 'output_stream',
  parameters: {},
  method: 'bounded',
  steps: provesAll ? 24 : 13,
};
const streamSources = tinySources(['an_ram', 'an_output_stream']);

test(
  'the result FIFO keeps every word in order, for ever',
  async () => {
    expect(await prove(fifo, fifoSources)).toEqual({ verdict: 'proven' });
  },
  proofTimeout,
);

test.each([
  [
    'promises a place too many',
    "free_q  <= LevelWidth'(Depth);",
    "free_q  <= LevelWidth'(Depth + 1);",
  ],
  ['forgets a pop', 'if (pop_i)  read_q', 'if (pop_i && !push_i) read_q'],
])(
  'prove() refutes a result FIFO that %s',
  async (_, from, to) => {
    const result = await prove(fifo, mutate(fifoSources, from, to));
    expect(result).toMatchObject({ verdict: 'refuted' });
  },
  proofTimeout,
);

test(
  'the output stream sends every value in order',
  async () => {
    expect(await prove(stream, streamSources)).toEqual({ verdict: 'proven' });
  },
  proofTimeout,
);

test(
  'prove() refutes an output stream that forgets a beat that waits',
  async () => {
    const forgetful = mutate(
      streamSources,
      'end else if (tvalid_o && tready_i) begin',
      'end else if (tvalid_o) begin',
    );
    expect(await prove(stream, forgetful)).toMatchObject({ verdict: 'refuted' });
  },
  proofTimeout,
);
