/** @file A lane of the post-op rounds and saturates as `src/fixed/round.ts` says, for all inputs. */
import { expect, test } from 'vitest';
import { type Proof, prove } from '../../sim/proofs/prove.ts';
import { proofTimeout, provesAll } from './how-much.ts';
import { mutate } from './mutate.ts';
import { tinySources } from './tiny-sources.ts';

const sources = tinySources(['an_post_lane']);

/** Bounded, and complete all the same: nothing is remembered beyond the lane's 5 stages. */
function laneProof(parameters: Proof['parameters']): Proof {
  return { name: 'lane', harness: 'post_lane', parameters, method: 'bounded', steps: 6 };
}

const small = {
  AccWidth: 3,
  CodeWidth: 2,
  MeanWidth: 3,
  MultWidth: 2,
  ResMultWidth: 2,
  BiasWidth: 4,
};

test.each([
  ['without residual', { ...small, HasResidual: 0 }],
  ['with residual', { ...small, HasResidual: 1 }],
  ...(provesAll ? [['wide', { HasResidual: 1 }] as const] : []),
] as const)(
  'a lane %s computes the golden affine step',
  async (_, parameters) => {
    expect(await prove(laneProof(parameters), sources)).toEqual({ verdict: 'proven' });
  },
  proofTimeout,
);

test.each([
  ['shifts logically', 'total_q >>> shift_q3', 'total_q >> shift_q3'],
  ['saturates one too late', 'shifted_q > TotalWidth', 'shifted_q - 1 > TotalWidth'],
])(
  'prove() refutes a lane that %s',
  async (_, from, to) => {
    const proof = laneProof({ ...small, HasResidual: 0 });
    expect(await prove(proof, mutate(sources, from, to))).toMatchObject({ verdict: 'refuted' });
  },
  proofTimeout,
);
