import type { PlanCost } from '../../generator/plan/plan-cost.ts';
import type { QuantizeReport } from '../quantize/report.ts';
import { formatNumber, formatTable } from '../report/table.ts';

/** What each pass did: the network as it stands after it, against the float network. */
export function formatPasses({ passes, measuredImages, clampedShare }: QuantizeReport): string {
  const table = formatTable({
    header: ['after pass', 'agree', 'divergence', 'error'],
    rows: passes.map(({ name, agreement, divergence, error }) => [
      name,
      `${agreement.toFixed(1)} %`,
      divergence.toFixed(4),
      error.toFixed(4),
    ]),
  });
  const clamped = `${(100 * clampedShare).toFixed(1)} % of the adder weights clamp without error`;
  return `${table}\n(${measuredImages} calibration images against the float network; ${clamped})`;
}

/** Widths of the adder layers, where they differ. */
export function formatWidths({ layers }: QuantizeReport): string {
  const adders = layers.filter(({ kind }) => kind === 'adder');
  return formatTable({
    header: ['adder layer', 'activations', 'weights'],
    rows: adders.map(({ name, actWidth, weightWidth }) => [name, actWidth!, weightWidth!]),
  });
}

/** What the planner says of the accelerator. */
export function formatCost({ lut, bram, cycles }: PlanCost): string {
  return `planned: about ${formatNumber(lut)} LUT (xc7, by the planner's table), ${formatNumber(bram)} block RAMs, ${formatNumber(cycles)} cycles an image; measure with generate and estimate`;
}
