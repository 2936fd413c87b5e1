/**
 * @file Operation descriptors: one wide word each, read by `an_sequencer`.
 *
 * Addresses are taken modulo the address width: a padded map begins before its memory does, and the taps
 * that lie there are not used.
 */
import { unsignedWidth } from './integers.ts';
import { firstPass } from './pass-table.ts';
import type {
  Bank,
  DescriptorField,
  FieldRule,
  HardwarePlan,
  MemoryImage,
  Operation,
  Placement,
} from './types.ts';
import { weightFields } from './weight-fields.ts';

/** What the descriptors are made of, before there are any. */
export type DescriptorInput = Omit<
  HardwarePlan,
  'fields' | 'memories' | 'cycles' | 'cyclesPerImage'
> & {
  readonly weightBases: readonly number[];
  readonly constantBases: readonly number[];
};

const bankCode: Record<Bank, number> = { a: 0, b: 1, input: 2 };

/** Lay out the descriptors' fields and fill them for every operation. */
export function planDescriptors(
  input: DescriptorInput,
  sizes: { weightWords: number; constantWords: number },
): { fields: DescriptorField[]; image: MemoryImage } {
  const rules = fieldRules(input, sizes);
  let offset = 0;
  const fields = rules.map(({ name, width, comment }) => {
    const field = { name, width, offset, comment };
    offset += width;
    return field;
  });
  const words = input.operations.map((operation, index) =>
    rules.reduceRight((word, { width, value }) => {
      const bits = BigInt.asUintN(width, BigInt(value(operation, input.placements[index], index)));
      return (word << BigInt(width)) | bits;
    }, 0n),
  );
  const comment = `operations: one descriptor a word, first field lowest`;
  return { fields, image: { file: 'operations.mem', comment, width: offset, words } };
}

function fieldRules(
  input: DescriptorInput,
  { weightWords, constantWords }: { weightWords: number; constantWords: number },
): FieldRule[] {
  const { config, widths, poolLanes, table } = input;
  const { rows, cols, lanes } = config;
  const flag = (
    name: string,
    comment: string,
    value: (op: Operation, place: Placement) => boolean,
  ) => ({
    name,
    comment,
    width: 1,
    value: (op: Operation, place: Placement) => Number(value(op, place)),
  });
  const field = (name: string, width: number, comment: string, value: FieldRule['value']) => ({
    name,
    comment,
    width,
    value,
  });
  const address = (name: string, comment: string, value: FieldRule['value']) =>
    field(name, widths.addrWidth, comment, value);
  const rowPitch = ({ walk }: Operation) => walk.inWidth * walk.pixelWords;
  const groups = (channels: number) => Math.ceil(channels / lanes);
  const groupWidth = unsignedWidth(cols / lanes - 1);

  return [
    flag('pool', 'pooling: words go past the array', (op) => op.pool),
    flag('max', 'pooling takes the maximum', (op) => op.layer.kind === 'maxPool'),
    field('source', 2, 'bank of the map: 0 A, 1 B, 2 input', (_, place) => bankCode[place.source]),
    address(
      'start_addr',
      'address of the first tap of the first pixel',
      (op, place) => place.sourceBase - op.walk.pad * (rowPitch(op) + op.walk.pixelWords),
    ),
    address('row_pitch', 'words from one input row to the next', rowPitch),
    address('pixel_pitch', 'words from one input pixel to the next', (op) => op.walk.pixelWords),
    address(
      'step_y',
      'words from one output row to the next',
      (op) => op.walk.stride * rowPitch(op),
    ),
    address(
      'step_x',
      'words from one output pixel to the next',
      (op) => op.walk.stride * op.walk.pixelWords,
    ),
    field('in_height', widths.dimWidth, 'rows of the input map', (op) => op.walk.inHeight),
    field('in_width', widths.dimWidth, 'columns of the input map', (op) => op.walk.inWidth),
    field('pad', widths.dimWidth, 'padding on every side', (op) => op.walk.pad),
    field('stride', widths.dimWidth, 'stride in both directions', (op) => op.walk.stride),
    field(
      'out_width_last',
      widths.dimWidth,
      'columns of the output map, less one',
      (op) => op.layer.outputShape[1] - 1,
    ),
    field(
      'pixels_last',
      widths.pixelsWidth,
      'output pixels, less one',
      (op) => op.layer.outputShape[0] * op.layer.outputShape[1] - 1,
    ),
    field(
      'kernel_y_last',
      widths.kernelWidth,
      'kernel rows, less one',
      (op) => op.walk.kernelY - 1,
    ),
    field(
      'kernel_x_last',
      widths.kernelWidth,
      'kernel columns, less one',
      (op) => op.walk.kernelX - 1,
    ),
    field('words_last', widths.wordsWidth, 'words of a tap, less one', (op) => op.walk.words - 1),
    field('pass_first', widths.passWidth, 'first of its passes over the bits', (op) =>
      firstPass(op, table),
    ),
    field(
      'pass_last',
      widths.passWidth,
      'last of them',
      (op) => firstPass(op, table) + op.passes.length - 1,
    ),
    field(
      'tiles_last',
      widths.tilesWidth,
      'tiles of output channels, less one',
      (op) => op.tiles - 1,
    ),
    field('pad_code', widths.codeWidth, 'code of a padded tap', (op) => op.layer.padCode),
    field(
      'last_lanes',
      rows,
      "lanes in use of a tap's last word, one bit each",
      (op) => 2 ** op.walk.lastLanes - 1,
    ),
    ...weightFields({ ...input, weightWords, packed: input.weightMemory.packed }),
    field(
      'const_base',
      unsignedWidth(constantWords - 1),
      'first word of the constants',
      (_op, _place, index) => input.constantBases[index],
    ),
    field(
      'groups_last',
      groupWidth,
      'lane groups of a tile, less one',
      (op) => groups(op.pool ? poolLanes : cols) - 1,
    ),
    field(
      'tail_groups_last',
      groupWidth,
      'lane groups of the last tile, less one',
      (op) => groups(op.layer.outputShape[2] - (op.tiles - 1) * op.tileChannels) - 1,
    ),
    address('out_words', 'words of an output pixel', (op) =>
      Math.ceil(op.layer.outputShape[2] / rows),
    ),
    flag('write_a', 'results go to bank A', (_, place) => place.writeA !== null),
    flag('write_b', 'results go to bank B', (_, place) => place.writeB !== null),
    address('base_a', 'their first word in bank A', (_, place) => place.writeA ?? 0),
    address('base_b', 'their first word in bank B', (_, place) => place.writeB ?? 0),
    flag('to_stream', 'results go to the output stream', (_, place) => place.toStream),
    flag('residual', 'a second map is added', (_, place) => place.residual !== null),
    field('res_source', 2, 'its bank', (_, place) => bankCode[place.residual?.bank ?? 'a']),
    address('res_base', 'its first word', (_, place) => place.residual?.base ?? 0),
    field(
      'res_zero',
      widths.bankWidth,
      'its zero point',
      (op) => op.layer.residual?.zeroPoint ?? 0,
    ),
    field(
      'clamp_low',
      widths.monitorWidth + 1,
      'least output code, signed',
      (op) => op.layer.clampLow,
    ),
    field(
      'clamp_high',
      widths.monitorWidth + 1,
      'largest output code, signed',
      (op) => op.layer.clampHigh,
    ),
    flag(
      'releases_input',
      "nothing reads this image's input any more",
      (_, place) => place.releasesInput,
    ),
  ];
}
