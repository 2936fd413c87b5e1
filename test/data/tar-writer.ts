/** A ustar archive of the given files, with its end mark. */
export function writeTar(files: readonly (readonly [string, Uint8Array])[]): Buffer {
  const blocks = files.flatMap(([path, bytes]) => [
    tarHeader(path, bytes.length),
    Buffer.from(bytes),
    Buffer.alloc((512 - (bytes.length % 512)) % 512),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** The 512-byte header of a file of this length, or of another type of entry. */
export function tarHeader(path: string, size: number, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
