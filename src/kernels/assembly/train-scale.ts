/**
 * @file An affine function of each channel, forward and backward: batch normalization by constants.
 *
 *     y = (x - centre) * gain + offset
 *
 * An adder layer's sums lie around -3221 with a deviation of 2: the centre is subtracted before anything else.
 *
 *     scratch  two tables of `lanes` doubles for sums, then three of floats
 */
import { addDoubles, affineOfLanes, foldLanes, pixelsTogether, spread } from './train-lanes';

const RUN_PIXELS: i32 = 64;

/** Forward. Every array but x and y has `channels` floats. */
export function scaleForward(
  scratch: usize, x: usize, centre: usize, gain: usize, offset: usize, y: usize, pixels: i32, channels: i32,
): void {
  const together = pixelsTogether(channels);
  const lanes = channels * together;
  const centres = scratch;
  const gains = centres + (lanes << 2);
  const offsets = gains + (lanes << 2);
  for (let c = 0; c < channels; c++) {
    spread(centres, lanes, channels, c, load<f32>(centre + (c << 2)));
    spread(gains, lanes, channels, c, load<f32>(gain + (c << 2)));
    spread(offsets, lanes, channels, c, load<f32>(offset + (c << 2)));
  }
  affineOfLanes(x, centres, gains, offsets, y, pixels, channels);
}

/** Gradients of `scaleForward` by x, gain and offset: `dx = dy * gain`, `dgain = sum dy * (x - centre)`, `doffset = sum dy`. */
export function scaleBackward(
  scratch: usize, x: usize, centre: usize, gain: usize, dy: usize, dx: usize, dgain: usize, doffset: usize,
  pixels: i32, channels: i32,
): void {
  const together = pixelsTogether(channels);
  const lanes = channels * together;
  const wide = pixels / together;
  const sums = scratch;
  const products = sums + (lanes << 3);
  const centres = products + (lanes << 3);
  const gains = centres + (lanes << 2);
  memory.fill(sums, 0, lanes << 4);
  for (let c = 0; c < channels; c++) {
    spread(centres, lanes, channels, c, load<f32>(centre + (c << 2)));
    spread(gains, lanes, channels, c, load<f32>(gain + (c << 2)));
  }
  const zero = f32x4.splat(0);
  const pitch = lanes << 2;
  for (let first = 0; first < wide; first += RUN_PIXELS) {
    const begin = first * pitch;
    const end = begin + min(RUN_PIXELS, wide - first) * pitch;
    for (let lane = 0; lane < pitch; lane += 16) {
      const from = v128.load(centres + lane);
      const factor = v128.load(gains + lane);
      let sum = zero, product = zero;
      for (let at = begin + lane; at < end; at += pitch) {
        const g = v128.load(dy + at);
        sum = f32x4.add(sum, g);
        product = f32x4.add(product, f32x4.mul(g, f32x4.sub(v128.load(x + at), from)));
        v128.store(dx + at, f32x4.mul(g, factor));
      }
      addDoubles(sums + (lane << 1), sum);
      addDoubles(products + (lane << 1), product);
    }
  }
  for (let c = 0; c < channels; c++) {
    let sum = foldLanes(sums, lanes, channels, c);
    let product = foldLanes(products, lanes, channels, c);
    const factor = load<f32>(gain + (c << 2));
    for (let pixel = wide * together; pixel < pixels; pixel++) {
      const at = (pixel * channels + c) << 2;
      const g = load<f32>(dy + at);
      sum += g;
      product += <f64>g * (load<f32>(x + at) - load<f32>(centre + (c << 2)));
      store<f32>(dx + at, g * factor);
    }
    store<f32>(doffset + (c << 2), <f32>sum);
    store<f32>(dgain + (c << 2), <f32>product);
  }
}
