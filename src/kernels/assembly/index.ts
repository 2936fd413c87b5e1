/**
 * @file Entry of dist/kernels.wasm. Every function works on addresses in the imported memory, keeps no
 * state and allocates nothing: `src/kernels/arena.ts` places the buffers, each with the slack below.
 *
 * Maps are channels last. Loads and stores may run up to 16 bytes over a buffer's end. The training kernels (`train-*`) also
 * work among a TensorFlow.js backend's tensors: outside their scratch memory they load up to 32 bytes over an end, and
 * what they store there are the same bits that they loaded.
 */
export { adderFloat, convFloat } from './float-conv';
export { addFloat, affineFloat, compactFloat, padFloat, poolFloat, reluFloat } from './float-maps';
export { adderCodes, convCodes, windowSums } from './code-conv';
export { padCodes, poolCodes, requantize, widenCodes } from './code-maps';
export { adderForward } from './train-forward';
export { adderInputGradient, productInputGradient } from './train-input-gradient';
export { weightGradient } from './train-weight-gradient';
export { normalizeBackward, normalizeForward } from './train-normalize';
export { scaleBackward, scaleForward } from './train-scale';
export { roundBackward, roundForward } from './train-round';
export { poolGradient, reluGradient } from './train-maps';
