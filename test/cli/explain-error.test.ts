import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainError } from '../../src/cli/explain-error.ts';
import { DesignError } from '../../src/issues.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function systemError(code: string, message: string, details: object): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code, ...details });
}

describe('explainError()', () => {
  it('passes the issues of a DesignError on', () => {
    const issues = [{ problem: 'Cannot x: 1 is not 2', remedy: 'Use 2' }];
    expect(explainError(new DesignError(issues))).toEqual({ issues, bug: false });
  });

  it.each([
    [
      'open',
      () => readFileSync('/nowhere/model.json'),
      /^Cannot open "\/nowhere\/model.json": no such file/,
    ],
    ['scandir', () => readdirSync('/nowhere'), /^Cannot list "\/nowhere": no such file/],
    [
      'rename',
      () => renameSync('/nowhere/a', '/elsewhere/b'),
      /^Cannot replace "\/elsewhere\/b": no such file/,
    ],
  ])('names the file when %s fails', (_, work, expected) => {
    const { issues, bug } = explainError(thrownBy(work));
    expect(bug).toBe(false);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.problem).toMatch(expected);
    expect(issues[0]?.remedy).not.toBe('');
  });

  it('uses the words of the system when it has no remedy of its own', () => {
    const error = systemError('ENAMETOOLONG', "name too long, open 'x'", {
      syscall: 'open',
      path: 'x',
    });
    const { issues, bug } = explainError(error);
    expect(bug).toBe(false);
    expect(issues[0]?.problem).toBe('Cannot open "x": name too long');
  });

  it('tells to free space when the disk is full', () => {
    const error = systemError('ENOSPC', 'no space left on device, write', { syscall: 'write' });
    expect(explainError(error)).toEqual({
      issues: [
        {
          problem: 'Cannot write a file: no space left on device',
          remedy: 'Free some disk space and run the command again',
        },
      ],
      bug: false,
    });
  });

  it('asks for a report when the fault is ours', () => {
    for (const thrown of [
      new Error('internal: rows is NaN'),
      'text',
      undefined,
      new TypeError('x'),
    ]) {
      const { issues, bug } = explainError(thrown);
      expect(bug).toBe(true);
      expect(issues[0]?.remedy).toMatch(/please report it/);
    }
  });
});
