/**
 * @file The table of passes and the feeder's reads, spelled for `an_walker` and `an_feeder`.
 */
import { readIndex } from '../plan/pass-table.ts';
import type { ArrayRead, BitPass, HardwarePlan } from '../plan/types.ts';

/** One line of the walker's table a pass. */
export function passLines({ table, widths }: HardwarePlan) {
  const { passes, reads } = table;
  return passes.map((pass, index) => ({
    index: literal(index, widths.passWidth),
    doubles: Number(pass.doubles),
    read: literal(readIndex(pass, table), indexWidth(reads.length)),
    comment: passComment(pass),
  }));
}

/** The feeder's parameters and the settings of each read. */
export function feederView({ table, array, widths }: HardwarePlan) {
  const { reads } = table;
  const { actWidth } = array;
  const maxLift = Math.max(...reads.map(({ lift }) => lift));
  // One bit below the operand's place, for rounding.
  const partWidth = 1 + Math.max(actWidth, widths.codeWidth + maxLift);
  const moveOf = ({ shift, lift }: ArrayRead) => shift - lift + maxLift;
  const moves = [...new Set(reads.map(moveOf))];
  const whole = isWhole(reads[0]) && reads[0].bits === actWidth && widths.codeWidth === actWidth;
  return {
    readCount: reads.length,
    wholeCodes: Number(reads.length === 1 && whole),
    partWidth,
    maxLift,
    moveCount: moves.length,
    moveDigits: digits(moves),
    reads: reads.map((read, index) => {
      const { shift, bits, lift, rounds, spread } = read;
      const keep = ones(lift, lift + bits);
      return {
        index: literal(index, indexWidth(reads.length)),
        move: literal(moves.indexOf(moveOf(read)), indexWidth(moves.length)),
        half: mask(rounds && shift > 0 ? 2 ** lift : 0, actWidth),
        keep: mask(keep, actWidth),
        fill: mask(spread ? ones(0, actWidth) : keep, actWidth),
        over: mask(rounds ? ones(1 + lift + bits, partWidth) : 0, partWidth),
        comment: readComment(read),
      };
    }),
  };
}

function isWhole({ shift, rounds, lift, spread }: ArrayRead): boolean {
  return shift === 0 && !rounds && lift === 0 && !spread;
}

function passComment({ read, plane, planes, exponent }: BitPass): string {
  const weights = planes === 1 ? `plane ${plane}` : `planes ${plane} to ${plane + planes - 1}`;
  return `weight 2^${exponent}: ${weights}; ${readComment(read)}`;
}

function readComment({ shift, bits, rounds, lift, spread }: ArrayRead): string {
  if (spread) return `bit ${shift} of the code, in all places`;
  const up = lift === 0 ? '' : `, up by ${lift}`;
  return rounds
    ? `the code rounded by ${shift}, at most ${2 ** bits - 1}${up}`
    : `bits of the code from ${shift} on, ${bits} of them${up}`;
}

/** Bits `from` to `to - 1`. */
function ones(from: number, to: number): number {
  return 2 ** to - 2 ** from;
}

/** Bits of an index of `count` things; at least one. */
function indexWidth(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(count)));
}

function literal(value: number, width: number): string {
  return `${width}'d${value}`;
}

function mask(value: number, width: number): string {
  return `${width}'b${value.toString(2).padStart(width, '0')}`;
}

/** Numbers below 16 as a literal of one hexadecimal digit each, the first one lowest. */
function digits(values: readonly number[]): string {
  const text = values.toReversed().map((value) => value.toString(16));
  return `${4 * values.length}'h${text.join('')}`;
}
