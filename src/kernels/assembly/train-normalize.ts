/**
 * @file Batch normalization over all axes but the last, forward and backward, each in two walks over memory.
 *
 * Before normalization an adder layer's means reach -3221 where the deviation is 2, so squares are taken of the
 * distance to a first estimate of the mean, and runs of 64 pixels are added up in double precision.
 *
 * Vectors are full whatever the number of channels (`train-lanes.ts`); pixels left over are done one by one.
 *
 *     scratch  five tables of `lanes` doubles: three sums, then (as floats) what the second walk needs
 */
import { addDoubles, affineOfLanes, foldLanes, pixelsTogether, spread } from './train-lanes';

const RUN_PIXELS: i32 = 64;
/** Pixels, spread evenly over the batch, from whose mean distances are taken. */
const ESTIMATE_PIXELS: i32 = 64;

/** Mean of some pixels of a channel. */
function estimateMean(x: usize, pixels: i32, channels: i32, channel: i32): f32 {
  const step = max(1, pixels / ESTIMATE_PIXELS);
  let sum: f64 = 0;
  let count = 0;
  for (let pixel = 0; pixel < pixels; pixel += step) {
    sum += load<f32>(x + ((pixel * channels + channel) << 2));
    count++;
  }
  return <f32>(sum / count);
}

/**
 * `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta` with the mean and biased variance of the `pixels`;
 * also stores those. Every array but x and y has `channels` floats.
 */
export function normalizeForward(
  scratch: usize, x: usize, gamma: usize, beta: usize, y: usize, mean: usize, variance: usize,
  pixels: i32, channels: i32, epsilon: f64,
): void {
  const together = pixelsTogether(channels);
  const lanes = channels * together;
  const wide = pixels / together;
  const sums = scratch;
  const squares = sums + (lanes << 3);
  const shift = squares + (lanes << 3);
  const scale = shift + (lanes << 2);
  const offset = scale + (lanes << 2);
  memory.fill(sums, 0, lanes << 4);
  for (let c = 0; c < channels; c++) spread(shift, lanes, channels, c, estimateMean(x, pixels, channels, c));
  const zero = f32x4.splat(0);
  const pitch = lanes << 2;
  for (let first = 0; first < wide; first += RUN_PIXELS) {
    const begin = x + first * pitch;
    const end = begin + min(RUN_PIXELS, wide - first) * pitch;
    for (let lane = 0; lane < pitch; lane += 16) {
      const from = v128.load(shift + lane);
      let sum0 = zero, square0 = zero, sum1 = zero, square1 = zero;
      let at = begin + lane;
      for (; at + pitch < end; at += 2 * pitch) {
        const d0 = f32x4.sub(v128.load(at), from);
        const d1 = f32x4.sub(v128.load(at + pitch), from);
        sum0 = f32x4.add(sum0, d0);
        square0 = f32x4.add(square0, f32x4.mul(d0, d0));
        sum1 = f32x4.add(sum1, d1);
        square1 = f32x4.add(square1, f32x4.mul(d1, d1));
      }
      if (at < end) {
        const d = f32x4.sub(v128.load(at), from);
        sum0 = f32x4.add(sum0, d);
        square0 = f32x4.add(square0, f32x4.mul(d, d));
      }
      addDoubles(sums + (lane << 1), f32x4.add(sum0, sum1));
      addDoubles(squares + (lane << 1), f32x4.add(square0, square1));
    }
  }
  for (let c = 0; c < channels; c++) {
    const from = load<f32>(shift + (c << 2));
    let sum = foldLanes(sums, lanes, channels, c);
    let square = foldLanes(squares, lanes, channels, c);
    for (let pixel = wide * together; pixel < pixels; pixel++) {
      const d = <f64>(load<f32>(x + ((pixel * channels + c) << 2)) - from);
      sum += d;
      square += d * d;
    }
    const distance = sum / pixels;
    const deviation = max(square / pixels - distance * distance, 0);
    store<f32>(mean + (c << 2), <f32>(<f64>from + distance));
    store<f32>(variance + (c << 2), <f32>deviation);
    const factor = <f64>load<f32>(gamma + (c << 2)) / sqrt(deviation + epsilon);
    spread(scale, lanes, channels, c, <f32>factor);
    spread(offset, lanes, channels, c, <f32>(<f64>load<f32>(beta + (c << 2)) - distance * factor));
  }
  affineOfLanes(x, shift, scale, offset, y, pixels, channels);
}

/**
 * Gradients of `normalizeForward`, whose mean and variance are given. With h = (x - mean) / deviation:
 * `dbeta = sum dy`, `dgamma = sum dy * h`, `dx = gamma / deviation * (dy - dbeta / n - h * dgamma / n)`.
 *
 * The given mean is rounded to a float; what that changes is measured on the way (`offs`) and taken out.
 */
export function normalizeBackward(
  scratch: usize, x: usize, gamma: usize, mean: usize, variance: usize, dy: usize,
  dx: usize, dgamma: usize, dbeta: usize, pixels: i32, channels: i32, epsilon: f64,
): void {
  const together = pixelsTogether(channels);
  const lanes = channels * together;
  const wide = pixels / together;
  const sums = scratch;
  const products = sums + (lanes << 3);
  const offs = products + (lanes << 3);
  const shift = offs + (lanes << 3);
  const scale = shift + (lanes << 2);
  const slope = scale + (lanes << 2);
  const offset = slope + (lanes << 2);
  memory.fill(sums, 0, lanes * 24);
  for (let c = 0; c < channels; c++) spread(shift, lanes, channels, c, load<f32>(mean + (c << 2)));
  const zero = f32x4.splat(0);
  const pitch = lanes << 2;
  for (let first = 0; first < wide; first += RUN_PIXELS) {
    const begin = first * pitch;
    const end = begin + min(RUN_PIXELS, wide - first) * pitch;
    for (let lane = 0; lane < pitch; lane += 16) {
      const from = v128.load(shift + lane);
      let sum = zero, product = zero, off = zero;
      for (let at = begin + lane; at < end; at += pitch) {
        const g = v128.load(dy + at);
        const d = f32x4.sub(v128.load(x + at), from);
        sum = f32x4.add(sum, g);
        product = f32x4.add(product, f32x4.mul(g, d));
        off = f32x4.add(off, d);
      }
      addDoubles(sums + (lane << 1), sum);
      addDoubles(products + (lane << 1), product);
      addDoubles(offs + (lane << 1), off);
    }
  }
  for (let c = 0; c < channels; c++) {
    const from = load<f32>(shift + (c << 2));
    let sum = foldLanes(sums, lanes, channels, c);
    let product = foldLanes(products, lanes, channels, c);
    let off = foldLanes(offs, lanes, channels, c);
    for (let pixel = wide * together; pixel < pixels; pixel++) {
      const at = (pixel * channels + c) << 2;
      const g = <f64>load<f32>(dy + at);
      const d = <f64>(load<f32>(x + at) - from);
      sum += g;
      product += g * d;
      off += d;
    }
    off /= pixels;
    product -= off * sum;
    const inverse = 1 / (<f64>load<f32>(variance + (c << 2)) + epsilon);
    const factor = <f64>load<f32>(gamma + (c << 2)) * sqrt(inverse);
    const tilt = -factor * inverse * product / pixels;
    store<f32>(dbeta + (c << 2), <f32>sum);
    store<f32>(dgamma + (c << 2), <f32>(product * sqrt(inverse)));
    spread(scale, lanes, channels, c, <f32>factor);
    spread(slope, lanes, channels, c, <f32>tilt);
    spread(offset, lanes, channels, c, <f32>(-factor * sum / pixels - tilt * off));
  }
  for (let pixel = 0; pixel < wide; pixel++) {
    const base = pixel * pitch;
    for (let lane = 0; lane < pitch; lane += 16) {
      const d = f32x4.sub(v128.load(x + base + lane), v128.load(shift + lane));
      const line = f32x4.add(f32x4.mul(d, v128.load(slope + lane)), v128.load(offset + lane));
      const g = v128.load(dy + base + lane);
      v128.store(dx + base + lane, f32x4.add(f32x4.mul(g, v128.load(scale + lane)), line));
    }
  }
  for (let at = wide * lanes; at < pixels * channels; at++) {
    const c = (at % channels) << 2;
    const d = load<f32>(x + (at << 2)) - load<f32>(shift + c);
    const line = d * load<f32>(slope + c) + load<f32>(offset + c);
    store<f32>(dx + (at << 2), load<f32>(dy + (at << 2)) * load<f32>(scale + c) + line);
  }
}
