import type { RegisterInfo } from '../../src/manifest.ts';

/** The register map that `templates/an_registers.sv.hbs` implements. */
export const registers: readonly RegisterInfo[] = [
  { name: 'ID', offset: 0x00, access: 'ro', description: '0x41444446, "ADDF"' },
  {
    name: 'VERSION',
    offset: 0x04,
    access: 'ro',
    description: 'generator: major, minor, patch in bits 31:16, 15:8, 7:0',
  },
  { name: 'CTRL', offset: 0x08, access: 'wo', description: 'bit 0: start IMAGES images' },
  {
    name: 'STATUS',
    offset: 0x0c,
    access: 'ro',
    description: 'bit 0 busy, bit 1 an image is waiting, bit 2 TLAST misplaced',
  },
  {
    name: 'IMAGES',
    offset: 0x10,
    access: 'rw',
    description: 'images a start runs, 16 bits, reset value 1',
  },
  { name: 'DONE', offset: 0x14, access: 'ro', description: 'images finished since the start' },
  {
    name: 'CYCLES',
    offset: 0x18,
    access: 'ro',
    description: 'clock cycles of the last image, waits for the output included',
  },
  {
    name: 'INPUT_STALL',
    offset: 0x1c,
    access: 'ro',
    description: 'cycles since the start spent waiting for an image',
  },
  {
    name: 'OUTPUT_STALL',
    offset: 0x20,
    access: 'ro',
    description: 'cycles since the start spent waiting for the output',
  },
];
