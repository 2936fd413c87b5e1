import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { runCli } from './run-cli.ts';

const MINUTES = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adderforge-cli-'));
  cpSync(join(packageRoot, 'test', 'golden', 'tiny'), join(folder, 'rtl'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const route = (...more: readonly string[]) =>
  runCli(['route', 'rtl', '--device', 'hx1k', '--part', 'array', '--seeds', '2', ...more], {
    cwd: folder,
    env: { TMPDIR: folder },
  });

describe('adderforge route', () => {
  it('leaves nothing half-made when it is interrupted, and ends the tools', {
    timeout: 5 * MINUTES,
  }, async () => {
    const netlists = () => {
      const cache = join(folder, '.adderforge', 'route-netlist');
      return readdirSync(cache, { withFileTypes: true }).map(({ name }) => name);
    };
    const isRunning = () => {
      // The first netlist is being made.
      try {
        return netlists().length > 0;
      } catch {
        return false;
      }
    };
    const { status, stdout } = await runCli(['route', 'rtl', '--device', 'hx1k'], {
      cwd: folder,
      env: { TMPDIR: folder },
      signal: 'SIGINT',
      when: isRunning,
    });
    expect([status, stdout]).toEqual([130, '']);
    expect(netlists()).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['.adderforge', 'rtl']);
  });

  it('prints one JSON object, and the same figures as a table', {
    timeout: 5 * MINUTES,
  }, async () => {
    const { status, stdout } = await route('--json');
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ design: 'tiny', part: 'array', device: 'iCE40HX1K' });
    expect(report.seeds).toHaveLength(2);

    const text = (await route()).stdout;
    expect(text).toContain(`Fmax ${report.fmax.medianMhz} MHz (median)`);
    expect(text).toMatch(/nextpnr-ice40 \d/);
    expect(text).toMatch(/ICESTORM_LC +\d+ +1,280/);
  });
});
