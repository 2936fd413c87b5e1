/**
 * @file The passes of a layer over the bits of its weights and of its codes; an adder layer needs one.
 *
 * A multiplying layer's weight W of n planes is `sum over planes b of 2^b w_b` with w_b = +-1, and an array of k bits
 * multiplies in two ways: k bits of the code by one plane (`|x - 0| = x`, `|x - M| = M - x`), or one bit of the code, spread over
 * the operand, by k planes at once (`|0 - w| = w`, `|X - w| = X - w`, so that the bit counts `X - 2w`: any odd number of k
 * bits). Codes of w bits are cut into slices of k bits; where that leaves a few bits over, those are the lowest ones and
 * go bit by bit: 8 bits on 3 take 22 passes instead of 24, on 6 bits 12 instead of 16.
 *
 * A pass of code bits from a on with planes from b on has the weight 2^(a + b). Exponents fall, every one has a pass, and the
 * accumulators double where the exponent changes: Horner's rule.
 */
import type { OperandWidths } from '../../src/fixed/operand.ts';
import type { QuantizedLayer } from '../../src/quantize/types.ts';
import { adderRead, wholeRead } from './array-reads.ts';
import type { ArrayRead, BitPass } from './types.ts';

/**
 * All passes of a layer that reads codes of `codeWidth` bits, in their order.
 *
 * @param bitByBit whether the feeder may take single bits; slices alone need less of it
 */
export function bitPasses(options: {
  readonly layer: QuantizedLayer;
  readonly codeWidth: number;
  readonly array: OperandWidths;
  readonly bitByBit: boolean;
}): readonly BitPass[] {
  const { layer, codeWidth, array, bitByBit } = options;
  const single = (read: ArrayRead) => [{ read, plane: 0, planes: 1, exponent: 0, doubles: true }];
  if (layer.kind === 'adder') return single(adderRead(layer, codeWidth, array));
  if (layer.kind !== 'conv') return single(wholeRead(array));
  // Coarse weights cannot be every odd number of the array's bits.
  const mostSpread = bitByBit && array.weightWidth >= array.actWidth ? codeWidth : 0;
  let best = productPasses({ planes: layer.planes, codeWidth, spreadBits: 0 }, array);
  for (let spreadBits = 1; spreadBits <= mostSpread; spreadBits++) {
    const passes = productPasses({ planes: layer.planes, codeWidth, spreadBits }, array);
    if (passes.length < best.length && everyExponent(passes)) best = passes;
  }
  return best;
}

/** The passes with the lowest `spreadBits` bits of the codes bit by bit. */
function productPasses(
  product: { planes: number; codeWidth: number; spreadBits: number },
  array: OperandWidths,
): BitPass[] {
  const { codeWidth, spreadBits } = product;
  const bits = array.actWidth;
  const slices = Math.ceil((codeWidth - spreadBits) / bits);
  // Fewer planes than bits of a slice would leave exponents without a pass.
  const planes = slices > 1 ? Math.max(product.planes, bits) : product.planes;
  const passes: Omit<BitPass, 'doubles'>[] = [];
  for (let slice = slices - 1; slice >= 0; slice--) {
    const read = { ...wholeRead(array), shift: spreadBits + slice * bits };
    for (let plane = 0; plane < planes; plane++) {
      passes.push({ read, plane, planes: 1, exponent: read.shift + plane });
    }
  }
  for (let shift = spreadBits - 1; shift >= 0; shift--) {
    const read = { shift, bits: 1, rounds: false, lift: 0, spread: true };
    for (let plane = 0; plane < planes; plane += bits) {
      const digit = Math.min(bits, planes - plane);
      passes.push({ read, plane, planes: digit, exponent: shift + plane });
    }
  }
  // Stable: of equal exponents the highest slice comes first.
  passes.sort((a, b) => b.exponent - a.exponent);
  return passes.map((pass, index) => ({
    ...pass,
    doubles: index === 0 || pass.exponent !== passes[index - 1].exponent,
  }));
}

function everyExponent(passes: readonly BitPass[]): boolean {
  return passes.filter(({ doubles }) => doubles).length === passes[0].exponent + 1;
}
