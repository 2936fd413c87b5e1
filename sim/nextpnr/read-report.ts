/** @file What nextpnr writes with `--report`, checked and cut down to what is reported. */
import { z } from 'zod';
import type { CriticalPath, Utilization } from '../../src/report/route-report.ts';
import { nameCriticalPath } from './critical-path.ts';
import type { ModuleTree } from './module-tree.ts';

export interface RoutedFigures {
  readonly fmaxMhz: number;
  readonly criticalPath: CriticalPath;
  readonly utilization: Readonly<Record<string, Utilization>>;
}

const hop = z.object({
  type: z.string(),
  delay: z.number(),
  net: z.string().optional(),
  to: z.object({ cell: z.string() }),
});

const schema = z.object({
  fmax: z.record(z.string(), z.object({ achieved: z.number().positive() })),
  utilization: z.record(z.string(), z.object({ used: z.number(), available: z.number() })),
  critical_paths: z.array(z.object({ from: z.string(), to: z.string(), path: z.array(hop) })),
});

/** Read a report; the design has one clock. */
export function readReport(text: string, tree: ModuleTree): RoutedFigures {
  const report = schema.parse(JSON.parse(text));
  const clocks = Object.values(report.fmax);
  const clocked = (event: string) => event.startsWith('posedge ');
  const path = report.critical_paths.find(({ from, to }) => clocked(from) && clocked(to))?.path;
  if (clocks.length !== 1 || path === undefined) {
    throw new Error(`internal: nextpnr timed ${clocks.length} clocks, expected one with a path`);
  }
  const fmaxMhz = Math.round(clocks[0]!.achieved * 100) / 100;
  const used = Object.entries(report.utilization).filter(([, place]) => place.used > 0);
  return {
    fmaxMhz,
    criticalPath: nameCriticalPath(path, tree),
    utilization: Object.fromEntries(used),
  };
}
