/** Whether to prove everything (`ADDERFORGE_PROVE=all`), not only what takes a moment. */
export const provesAll = process.env.ADDERFORGE_PROVE === 'all';

/** Longest time of one proof, in milliseconds: generous, since the solver's luck varies. */
export const proofTimeout = provesAll ? 3_600_000 : 300_000;
