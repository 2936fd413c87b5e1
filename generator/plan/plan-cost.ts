/**
 * @file What a planned design takes, without synthesis: block RAM and cycles exactly, LUTs from a measured table.
 */
import { operandWidth } from '../../src/fixed/operand.ts';
import { blockRams } from './block-rams.ts';
import type { HardwarePlan } from './types.ts';

/**
 * LUTs of Xilinx 7 series by Yosys 0.23 (`estimate --family xc7`). The element's figure is that of its two carry rows; the rest is
 * a line through ResNet-20 (8, 4, 3 bits, 16 x 16) and LeNet-5-BN (8 bits on 16 x 16; 8, 4 bits on 4 x 4), which lie within
 * 11 % of it, whole designs within 9 %.
 */
export const LUT_TABLE = {
  tool: 'yosys 0.23',
  family: 'xc7',
  lutPerElementBit: 2,
  lutPerColumn: 214,
  lutBase: 1024,
} as const;

export interface PlanCost {
  readonly lut: number;
  /** Blocks of 36 Kbit, in halves. */
  readonly bram: number;
  readonly cycles: number;
}

/** Tell what a plan takes. */
export function planCost(plan: HardwarePlan): PlanCost {
  const { config, array, widths, memories, weightMemory } = plan;
  const { rows, cols } = config;
  const { lutPerElementBit, lutPerColumn, lutBase } = LUT_TABLE;
  const decoders = weightMemory.kind === 'packed' ? weightMemory.costs.decoderLut : 0;
  const maps = [
    { words: plan.inputWords, width: rows * widths.inputWidth },
    { words: plan.depthA, width: rows * widths.bankWidth },
    { words: plan.depthB, width: rows * widths.bankWidth },
  ];
  const { words, width } = memories.constants;
  const single = [...maps, { words: words.length, width }];
  const { blocks } = weightMemory.costs[weightMemory.kind];
  return {
    lut:
      rows * cols * lutPerElementBit * operandWidth(array) +
      cols * lutPerColumn +
      lutBase +
      decoders,
    bram: single.reduce((sum, memory) => sum + blockRams({ ...memory, readPorts: 1 }), blocks),
    cycles: plan.cyclesPerImage,
  };
}
