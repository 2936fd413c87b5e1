import { expect, test } from 'vitest';
import { completeConfig } from '../../generator/config.ts';

test('completeConfig() takes 16 x 16, 4 lanes and blocks of 32 when nothing is chosen', () => {
  expect(completeConfig()).toMatchObject({
    rows: 16,
    cols: 16,
    lanes: 4,
    blockPixels: 32,
    weightMemory: 'auto',
  });
});

test('completeConfig() chooses the most lanes, up to 4, that divide rows and cols', () => {
  expect(completeConfig({ rows: 6, cols: 9 }).lanes).toBe(3);
  expect(completeConfig({ rows: 8, cols: 6 }).lanes).toBe(2);
  expect(completeConfig({ rows: 5, cols: 3 }).lanes).toBe(1);
});

test('completeConfig() takes the best element of a family and fits its span to the columns', () => {
  expect(completeConfig({ family: 'ice40' })).toMatchObject({ element: 'one-sided', actSpan: 4 });
  expect(completeConfig({ family: 'ice40', cols: 6 }).actSpan).toBe(3);
  expect(completeConfig({ family: 'ice40', cols: 11 }).actSpan).toBe(1);
  expect(completeConfig({ family: 'ice40', element: 'signed' }).element).toBe('signed');
});

test.each([
  [{ rows: 0 }, 'rows 0: it must be a whole number from 1 to 64'],
  [{ cols: 65 }, 'cols 65: it must be a whole number from 1 to 64'],
  [{ rows: 2.5 }, 'rows 2.5: it must be a whole number from 1 to 64'],
  [{ rows: 8, cols: 6, lanes: 4 }, 'lanes must divide rows and cols'],
  [{ blockPixels: 24 }, 'a power of two'],
  [{ blockPixels: 1 }, 'a power of two'],
  [{ blockPixels: Number.NaN }, 'blockPixels NaN'],
  [{ rows: 6, vectorRows: 4 }, 'Cannot put 4 of 6 rows into one element'],
  [{ rows: 9, vectorRows: 3 }, 'Cannot put 3 of 9 rows into one element'],
  [{ vectorRows: 2, weightMemory: 'packed' as const }, 'Cannot pack weights for vectors of 2 rows'],
  [{ cols: 16, actSpan: 3 }, 'Cannot share a register among 3 of 16 columns'],
  [{ element: 'mystery' as 'signed' }, 'Cannot build an element "mystery"'],
])('completeConfig() refuses %j', (partial, reason) => {
  expect(() => completeConfig(partial)).toThrow(reason);
});

test('completeConfig() reports all problems at once', () => {
  expect(() => completeConfig({ rows: 0, cols: 99, blockPixels: 7 })).toThrow(
    /rows 0.*\n.*\n.*cols 99.*\n.*\n.*blocks of 7/,
  );
});
