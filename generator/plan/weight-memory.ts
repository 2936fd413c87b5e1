/**
 * @file Plain or packed weights: what each costs, and the rule that chooses.
 *
 * Plain memory holds rows of codes as the array takes them. Packed memory holds prefix words (weight-code.ts) and a
 * decoder a column. `auto` packs where that saves at least two block RAMs of 36 Kbit and each saved one costs at most 160 LUT: half of
 * what the device with the fewest logic for its memory has a block (XCZU3EG: 70,560 LUT, 216 blocks).
 */
import type { HardwareConfig } from '../config.ts';
import { blockRams } from './block-rams.ts';
import { packWeights } from './pack-weights.ts';
import type { MemoryImage, PackedWeights, WeightMemory } from './types.ts';

const leastSaved = 2;
const lutABlock = 160;

/** Plan the memory that the configuration asks for; for `auto` the rule's choice. */
export function planWeightMemory(
  plain: { readonly image: MemoryImage; readonly starts: readonly number[] },
  config: HardwareConfig,
): WeightMemory {
  // A decoder gives one weight a cycle: vectors of rows need plain memory (`generator/config.ts` refuses the other).
  if (config.vectorRows > 1) return plainMemory(plain.image);
  const packed = packWeights(plain, config);
  const costs = {
    plain: memoryCost([plain.image], 1),
    // Two columns read a memory.
    packed: memoryCost(
      packed.pairs.map(({ image }) => image),
      2,
    ),
    decoderLut: config.cols * decoderLut(packed),
  };
  const saved = costs.plain.blocks - costs.packed.blocks;
  const pays = saved >= leastSaved && costs.decoderLut <= saved * lutABlock;
  const kind = config.weightMemory === 'auto' ? (pays ? 'packed' : 'plain') : config.weightMemory;
  const chosen = { costs, rule: { leastSaved, lutABlock } };
  return kind === 'packed'
    ? { ...chosen, kind, images: packed.pairs.map(({ image }) => image), packed }
    : { ...chosen, kind, images: [plain.image], packed: null };
}

/** Where packing cannot be: it would save nothing. */
function plainMemory(image: MemoryImage): WeightMemory {
  const cost = memoryCost([image], 1);
  return {
    kind: 'plain',
    images: [image],
    packed: null,
    costs: { plain: cost, packed: cost, decoderLut: 0 },
    rule: { leastSaved, lutABlock },
  };
}

function memoryCost(images: readonly MemoryImage[], readPorts: 1 | 2) {
  const sum = (cost: (image: MemoryImage) => number) =>
    images.reduce((total, image) => total + cost(image), 0);
  return {
    bits: sum(({ words, width }) => words.length * width),
    blocks: sum(({ words, width }) => blockRams({ words: words.length, width, readPorts })),
  };
}

/**
 * LUTs of a column's decoder on a device with LUTs of 6 inputs: the window's shifter, its place, the address. Measured
 * with Yosys 0.23 on 16 columns, with those that join a memory's blocks: 1,672, 1,997 and 2,100 at 4, 6 and 8 bits (ResNet-20).
 */
function decoderLut({ codeWidth, wordWidth, pairs }: PackedWeights): number {
  const depth = Math.max(...pairs.map(({ image }) => image.words.length));
  return 4 * (wordWidth + codeWidth) + 6 * codeWidth + Math.ceil(Math.log2(depth));
}
