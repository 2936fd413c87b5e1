/**
 * @file A restricted reader of Python pickles: it builds plain data and tensors and can do nothing else.
 *
 * A pickle is a program for a stack machine. This one runs a subset of the opcodes of protocols 2 to 5 without
 * ever calling anything: the few names in `globals.ts` have a fixed meaning, every other name is refused. All loops
 * are bounded by the pickle's length; the result is checked to be free of cycles.
 *
 * Source: Python's `pickletools.py` (opcode table).
 */
import { quote } from '../names.ts';
import { refuseCycles } from './acyclic.ts';
import { type ByteReader, readBytes } from './byte-reader.ts';
import { callGlobal, dictKey, isAllowedGlobal, type Refuse, storageOfId } from './globals.ts';
import { describeValue, isKind, type PickleValue } from './pickle-value.ts';

/** Opcodes of one pickle; the official ResNet-20 has 4,835. */
const MAX_OPCODES = 1_000_000;

interface Machine {
  readonly reader: ByteReader;
  readonly refuse: Refuse;
  readonly stack: PickleValue[];
  /** Stack heights at which a MARK was set. */
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
}

/** Read the pickle that starts at `start`; `end` is the byte after it. */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  refuse: Refuse,
): { readonly value: PickleValue; readonly end: number } {
  const reader = readBytes(bytes, start, refuse);
  const machine: Machine = { reader, refuse, stack: [], marks: [], memo: new Map() };
  for (let count = 0; count < MAX_OPCODES; count++) {
    const opcode = reader.byte();
    if (opcode === STOP) {
      const value = pop(machine);
      refuseCycles(value, refuse);
      return { value, end: reader.position() };
    }
    const operation = operations.get(opcode);
    if (operation === undefined) {
      refuse(
        `opcode 0x${opcode.toString(16).padStart(2, '0')} at byte ${reader.position() - 1} is not one a state dict needs`,
      );
    } else operation(machine);
  }
  return refuse(`it has more than ${MAX_OPCODES} opcodes`);
}

const STOP = 0x2e;

const floorOf = ({ marks }: Machine): number => marks[marks.length - 1] ?? 0;

function pop(machine: Machine): PickleValue {
  if (machine.stack.length <= floorOf(machine))
    machine.refuse('it takes a value from an empty stack');
  return machine.stack.pop()!;
}

function top(machine: Machine): PickleValue {
  if (machine.stack.length <= floorOf(machine))
    machine.refuse('it reads a value of an empty stack');
  return machine.stack[machine.stack.length - 1];
}

function popToMark(machine: Machine): PickleValue[] {
  const mark = machine.marks.pop();
  return mark === undefined ? machine.refuse('it lacks a mark') : machine.stack.splice(mark);
}

const text = (machine: Machine, length: number): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      machine.reader.take(length),
    );
  } catch (error) {
    if (error instanceof TypeError) return machine.refuse('a text is not UTF-8');
    throw error;
  }
};

const latin1 = (machine: Machine, length: number): string =>
  Buffer.from(machine.reader.take(length)).toString('latin1');

/** A little-endian two's complement integer; a bigint where a double cannot hold it. */
function long({ reader }: Machine, length: number): number | bigint {
  if (length === 0) return 0;
  const hex = Buffer.from(reader.take(length)).reverse().toString('hex');
  const value = BigInt.asIntN(8 * length, BigInt(`0x${hex}`));
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function tuple(machine: Machine, length: number): void {
  const items = Array.from({ length }, () => pop(machine)).reverse();
  machine.stack.push({ kind: 'tuple', items });
}

function global(machine: Machine, module: string, name: string): void {
  const full = `${module}.${name}`;
  if (!isAllowedGlobal(full))
    machine.refuse(`it wants to use ${quote(full)}, which is not allowed`);
  machine.stack.push({ kind: 'global', name: full });
}

function setItems(machine: Machine, pairs: readonly PickleValue[]): void {
  const dict = top(machine);
  if (!isKind(dict, 'dict')) machine.refuse(`it sets an item of ${describeValue(dict)}`);
  if (pairs.length % 2 !== 0) machine.refuse('a dictionary has a key without a value');
  for (let i = 0; i < pairs.length; i += 2) {
    dict.entries.set(dictKey(pairs[i], machine.refuse), pairs[i + 1]);
  }
}

function append(machine: Machine, items: readonly PickleValue[]): void {
  const list = top(machine);
  if (!isKind(list, 'list')) machine.refuse(`it appends to ${describeValue(list)}`);
  for (const item of items) list.items.push(item);
}

function get(machine: Machine, index: number): void {
  const value = machine.memo.get(index);
  if (value === undefined) machine.refuse(`it recalls entry ${index}, which was not stored`);
  machine.stack.push(value);
}

function put(machine: Machine, index: number): void {
  machine.memo.set(index, top(machine));
}

function reduce(machine: Machine): void {
  const args = pop(machine);
  const callee = pop(machine);
  if (!isKind(callee, 'global')) machine.refuse(`it calls ${describeValue(callee)}`);
  if (!isKind(args, 'tuple')) machine.refuse(`it calls with ${describeValue(args)}`);
  machine.stack.push(callGlobal(callee.name, args.items, machine.refuse));
}

/** `OrderedDict` carries attributes (`_metadata` of a state dict); they hold no weights. */
function build(machine: Machine): void {
  pop(machine);
  const target = top(machine);
  if (!isKind(target, 'dict')) machine.refuse(`it sets attributes of ${describeValue(target)}`);
}

const push = (machine: Machine, value: PickleValue): void => {
  machine.stack.push(value);
};

const operations: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [0x80, (m) => void m.reader.byte()], // PROTO
  [0x95, (m) => void m.reader.take(8)], // FRAME
  [0x28, (m) => void m.marks.push(m.stack.length)], // MARK
  [0x30, (m) => void pop(m)], // POP
  [0x31, (m) => void popToMark(m)], // POP_MARK
  [0x32, (m) => push(m, top(m))], // DUP
  [0x4e, (m) => push(m, null)], // NONE
  [0x88, (m) => push(m, true)], // NEWTRUE
  [0x89, (m) => push(m, false)], // NEWFALSE
  [0x4b, (m) => push(m, m.reader.byte())], // BININT1
  [0x4d, (m) => push(m, m.reader.uint16())], // BININT2
  [0x4a, (m) => push(m, m.reader.int32())], // BININT
  [0x8a, (m) => push(m, long(m, m.reader.byte()))], // LONG1
  [0x47, (m) => push(m, m.reader.float64())], // BINFLOAT
  [0x8c, (m) => push(m, text(m, m.reader.byte()))], // SHORT_BINUNICODE
  [0x58, (m) => push(m, text(m, m.reader.uint32()))], // BINUNICODE
  [0x8d, (m) => push(m, text(m, m.reader.uint64()))], // BINUNICODE8
  [0x55, (m) => push(m, latin1(m, m.reader.byte()))], // SHORT_BINSTRING
  [0x54, (m) => push(m, latin1(m, m.reader.uint32()))], // BINSTRING
  [0x43, (m) => push(m, m.reader.take(m.reader.byte()))], // SHORT_BINBYTES
  [0x42, (m) => push(m, m.reader.take(m.reader.uint32()))], // BINBYTES
  [0x8e, (m) => push(m, m.reader.take(m.reader.uint64()))], // BINBYTES8
  [0x29, (m) => tuple(m, 0)], // EMPTY_TUPLE
  [0x85, (m) => tuple(m, 1)], // TUPLE1
  [0x86, (m) => tuple(m, 2)], // TUPLE2
  [0x87, (m) => tuple(m, 3)], // TUPLE3
  [0x74, (m) => push(m, { kind: 'tuple', items: popToMark(m) })], // TUPLE
  [0x5d, (m) => push(m, { kind: 'list', items: [] })], // EMPTY_LIST
  [0x6c, (m) => push(m, { kind: 'list', items: popToMark(m) })], // LIST
  [0x61, (m) => append(m, [pop(m)])], // APPEND
  [0x65, (m) => append(m, popToMark(m))], // APPENDS
  [0x7d, (m) => push(m, { kind: 'dict', entries: new Map() })], // EMPTY_DICT
  [0x73, setItem], // SETITEM
  [0x75, (m) => setItems(m, popToMark(m))], // SETITEMS
  [0x71, (m) => put(m, m.reader.byte())], // BINPUT
  [0x72, (m) => put(m, m.reader.uint32())], // LONG_BINPUT
  [0x94, (m) => put(m, m.memo.size)], // MEMOIZE
  [0x68, (m) => get(m, m.reader.byte())], // BINGET
  [0x6a, (m) => get(m, m.reader.uint32())], // LONG_BINGET
  [0x63, (m) => global(m, m.reader.line(), m.reader.line())], // GLOBAL
  [0x93, stackGlobal], // STACK_GLOBAL
  [0x52, reduce], // REDUCE
  [0x62, build], // BUILD
  [0x51, (m) => push(m, storageOfId(pop(m), m.refuse))], // BINPERSID
]);

function setItem(machine: Machine): void {
  const value = pop(machine);
  const key = pop(machine);
  setItems(machine, [key, value]);
}

function stackGlobal(machine: Machine): void {
  const name = pop(machine);
  const module = pop(machine);
  if (typeof name !== 'string' || typeof module !== 'string') {
    machine.refuse(`it names ${describeValue(name)} of ${describeValue(module)}`);
  }
  global(machine, module, name);
}
