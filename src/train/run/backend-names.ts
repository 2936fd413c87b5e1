import type { BackendName } from '../backend.ts';

/** Names of the backends, for those who do not load TensorFlow.js themselves. */
export const backendNames: readonly BackendName[] = ['tfjs-node', 'wasm', 'cpu'];
