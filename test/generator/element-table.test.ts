import { expect, test } from 'vitest';
import { bestElement, type ElementTable, readElementTable } from '../../generator/element-table.ts';

const usual = {
  vectorRows: 1,
  actSpan: 4,
  shadowWeights: false,
  registeredDifference: true,
  complementedWeights: false,
  lut: 16,
  ff: 28,
} as const;

const table: ElementTable = {
  command: '',
  rows: 8,
  cols: 8,
  bits: 8,
  families: {
    xc7: {
      tool: '',
      unit: '',
      variants: [
        { ...usual, element: 'signed', units: 4 },
        { ...usual, element: 'one-sided', units: 3.95 },
        { ...usual, element: 'maximum', units: 3.5, registeredDifference: false },
      ],
    },
    ecp5: {
      tool: '',
      unit: '',
      variants: [
        { ...usual, element: 'signed', units: 30 },
        { ...usual, element: 'one-sided', units: 28 },
      ],
    },
  },
};

test('bestElement() takes the smallest that is worth it and has a register', () => {
  // 3.95 is no 2 % less than 4, and the smallest has no register.
  expect(bestElement('xc7', table).element).toBe('signed');
  expect(bestElement('ecp5', table)).toEqual({
    element: 'one-sided',
    vectorRows: 1,
    actSpan: 4,
    shadowWeights: false,
    registeredDifference: true,
    complementedWeights: false,
  });
});

test('bestElement() takes a family of the same fabric for one without measurements', () => {
  expect(bestElement('nexus', table).element).toBe('one-sided');
  expect(bestElement('xcup', table).element).toBe('signed');
});

test('bestElement() counts LUTs where the units are no different', () => {
  const [signed, oneSided] = table.families.ecp5.variants;
  const variants = [signed, { ...oneSided, units: 30.2, lut: 12 }];
  const equal = { ...table, families: { ecp5: { tool: '', unit: '', variants } } };
  expect(bestElement('ecp5', equal).element).toBe('one-sided');
});

test('readElementTable() reads measurements of all three fabrics, each with its tool', () => {
  const { families, bits } = readElementTable();
  expect(bits).toBe(8);
  for (const family of ['xc7', 'ice40', 'ecp5']) {
    expect(families[family].tool).toMatch(/^yosys \d/);
    expect(families[family].variants.length).toBeGreaterThan(1);
  }
});
