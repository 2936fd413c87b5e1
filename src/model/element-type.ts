/**
 * @file Element types of stored tensors, and their bytes (little endian) as 32-bit floats.
 */

/** Named as safetensors names them. */
export type ElementType =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U8'
  | 'BOOL';

/** Bytes of one element. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Whether `name` is an element type this program reads. */
export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(elementBytes, name);
}

/** Read element `index` of little-endian bytes as a number; 64-bit integers lose what a double cannot hold. */
export function elementReader(bytes: Uint8Array, type: ElementType): (index: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 'F64':
      return (i) => view.getFloat64(8 * i, true);
    case 'F32':
      return (i) => view.getFloat32(4 * i, true);
    case 'F16':
      return (i) => halfToNumber(view.getUint16(2 * i, true));
    case 'BF16':
      return (i) => bfloatToNumber(view.getUint16(2 * i, true));
    case 'I64':
      return (i) => Number(view.getBigInt64(8 * i, true));
    case 'I32':
      return (i) => view.getInt32(4 * i, true);
    case 'I16':
      return (i) => view.getInt16(2 * i, true);
    case 'I8':
      return (i) => view.getInt8(i);
    case 'U8':
    case 'BOOL':
      return (i) => view.getUint8(i);
    default:
      return type satisfies never;
  }
}

/** IEEE 754 half: sign, 5 bits of exponent (bias 15), 10 bits of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a 32-bit float. */
function bfloatToNumber(bits: number): number {
  scratch.setUint32(0, bits * 65536);
  return scratch.getFloat32(0);
}

/** All elements as 32-bit floats. */
export function toFloat32(bytes: Uint8Array, type: ElementType): Float32Array {
  const data = new Float32Array(bytes.length / elementBytes[type]);
  const read = elementReader(bytes, type);
  for (let i = 0; i < data.length; i++) data[i] = read(i);
  return data;
}
