import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MissingToolError, runTool, ToolError, type ToolRun } from '../../sim/tool.ts';
import { DesignError } from '../../src/issues.ts';

const node = (program: string, more: Partial<ToolRun> = {}): ToolRun => ({
  command: process.execPath,
  args: ['-e', program],
  install: 'Install node',
  ...more,
});

async function failureOf(run: ToolRun): Promise<unknown> {
  return runTool(run).then(
    () => expect.fail('the program did not fail'),
    (error: unknown) => error,
  );
}

describe('runTool()', () => {
  it('gives both outputs when the program ends well', async () => {
    const run = node('console.log("out"); console.error("err")');
    expect(await runTool(run)).toEqual({ stdout: 'out', stderr: 'err' });
  });

  it('hands arguments over unchanged when they mean something to a shell', async () => {
    const args = ['-e', 'console.log(process.argv[1])', '$(touch x); `id` "\' *'];
    const { stdout } = await runTool({ ...node(''), args });
    expect(stdout).toBe('$(touch x); `id` "\' *');
  });

  it('runs in the folder it is given', async () => {
    expect((await runTool(node('console.log(process.cwd())', { cwd: '/' }))).stdout).toBe('/');
  });

  it('throws an issue with the way to install it when the program is missing', async () => {
    const error = await failureOf({
      command: 'adderforge-no-such-program',
      args: [],
      install: 'Install it: apt install nothing',
    });
    expect(error).toBeInstanceOf(MissingToolError);
    expect((error as DesignError).issues).toEqual([
      {
        problem: 'Cannot run "adderforge-no-such-program": it is not on PATH',
        remedy: 'Install it: apt install nothing',
      },
    ]);
  });

  it('throws command line, exit code, last 20 lines and log when the program fails', async () => {
    const error = await failureOf(
      node('for (let i = 1; i <= 30; i++) console.log("line " + i); process.exitCode = 3'),
    );
    expect(error).toBeInstanceOf(ToolError);
    expect(error).toBeInstanceOf(DesignError);
    const { failure, message } = error as ToolError;
    expect(failure.exitCode).toBe(3);
    expect(failure.commandLine).toContain(process.execPath);
    // 30 lines: the last 20 are 11 to 30.
    expect(failure.lastLines[0]).toBe('line 11');
    expect(failure.lastLines).toHaveLength(20);
    expect(message).toMatch(/^Cannot finish .*: exit code 3\n {2}line 11\n/);
    expect(message).toContain(`The whole log is ${failure.logFile}`);
    expect(readFileSync(failure.logFile!, 'utf8')).toMatch(/^line 1\nline 2\n/);
    await rm(dirname(failure.logFile!), { recursive: true });
  });

  it('names the signal when the program is killed', async () => {
    const error = await failureOf(node('process.kill(process.pid, "SIGKILL")'));
    const { failure } = error as ToolError;
    expect(failure).toMatchObject({
      cause: 'signal SIGKILL (out of memory?)',
      exitCode: undefined,
    });
    await rm(dirname(failure.logFile!), { recursive: true });
  });

  it('ends the program when the signal aborts', async () => {
    const abort = new AbortController();
    const run = failureOf(node('setTimeout(() => {}, 60_000)', { signal: abort.signal }));
    abort.abort();
    expect(await run).toBeInstanceOf(ToolError);
  });

  it('does not call the program missing when its folder is', async () => {
    const error = await failureOf(node('', { cwd: '/adderforge-no-such-folder' }));
    expect(error).toBeInstanceOf(ToolError);
    expect((error as ToolError).message).toContain('/adderforge-no-such-folder');
  });
});
