import { describe, expect, it } from 'vitest';
import { barChart } from '../../src/report/svg/bar-chart.ts';
import { element, escapeText, spell } from '../../src/report/svg/markup.ts';
import { linearScale, logScale, tickText } from '../../src/report/svg/scale.ts';
import { scatterChart } from '../../src/report/svg/scatter-chart.ts';
import { tradeChart } from '../../src/report/svg/trade-chart.ts';

describe('escapeText()', () => {
  it('leaves nothing that could open a tag, an entity or an attribute', () => {
    expect(escapeText(`<a href="x" b='y'>&\u0000\u001b`)).toBe(
      '&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;??',
    );
  });
});

describe('element()', () => {
  it('escapes texts and attributes, and nests markup as it is', () => {
    const inner = element('b', { title: '"<' }, 'a<b');
    expect(spell(element('p', { x: 1.23456 }, [inner, ' & ', 'c']))).toBe(
      '<p x="1.23"><b title="&quot;&lt;">a&lt;b</b> &amp; c</p>',
    );
  });
});

describe('linearScale()', () => {
  it('maps the ends to the ends and ticks at round values', () => {
    const scale = linearScale({ values: [-20, 30], coordinates: [10, 110] });
    expect([scale.at(-20), scale.at(5), scale.at(30)]).toEqual([10, 60, 110]);
    expect(scale.ticks).toEqual([-20, -10, 0, 10, 20, 30]);
  });

  it('has a place for values that are all equal', () => {
    expect(linearScale({ values: [3, 3], coordinates: [0, 100] }).at(3)).toBe(0);
  });
});

describe('logScale()', () => {
  it('moves the ends out to powers of ten', () => {
    const scale = logScale({ values: [0.02, 300], coordinates: [0, 500] });
    // 10^-2 to 10^3 are five powers over 500 pixels; 1 is the second.
    expect(scale.at(1)).toBeCloseTo(200, 9);
    expect(scale.ticks.map(tickText)).toEqual(['0.01', '0.1', '1', '10', '100', '1000']);
  });

  it('writes at most about six ticks', () => {
    // 24 powers: every fourth.
    const { ticks } = logScale({ values: [1e-12, 1e12], coordinates: [0, 1] });
    expect(ticks.map((tick) => Math.round(Math.log10(tick)))).toEqual([-12, -8, -4, 0, 4, 8, 12]);
  });
});

describe('barChart()', () => {
  it('draws one bar for each value above zero', () => {
    const { markup } = barChart({
      title: 'norms',
      label: 'norm',
      series: [
        { name: 'a', colour: '#111' },
        { name: 'b', colour: '#222' },
      ],
      groups: [
        { name: 'conv1', values: [1, 10] },
        { name: '<fc>', values: [0, undefined] },
      ],
    });
    expect(markup.match(/<rect/g)).toHaveLength(2);
    expect(markup).toContain('&lt;fc&gt;');
    // The axis goes from 0.1, below half of the least value, to 10: two powers over 210 pixels.
    expect(markup).toMatch(/height="105" fill="#111"/);
    expect(markup).toMatch(/height="210" fill="#222"/);
  });

  it('draws no bars, and no NaN, when there is nothing above zero', () => {
    const { markup } = barChart({
      title: 'norms',
      label: 'norm',
      series: [{ name: 'a', colour: '#111' }],
      groups: [{ name: 'conv1', values: [0] }],
    });
    expect(markup).not.toMatch(/<rect|NaN|Infinity/);
  });
});

describe('scatterChart()', () => {
  it('starts a row of the legend where one is full, and cuts names that fill one alone', () => {
    const names = ['a'.repeat(30), 'b'.repeat(30), 'c'.repeat(64)];
    const { markup } = scatterChart({
      title: 'variance',
      xLabel: 'x',
      yLabel: 'y',
      series: names.map((name) => ({
        name,
        colour: '#111',
        points: [{ name: 'one', x: 1, y: 2 }],
      })),
    });
    // 460 pixels: two names of 198 fit, the third needs a second row of 14: 420 become 434.
    expect(markup).toContain('viewBox="0 0 460 434"');
    expect(markup).toContain(`y="43">${'c'.repeat(37)}...<`);
  });

  it('puts a point with equal coordinates on the diagonal', () => {
    const { markup } = scatterChart({
      title: 'variance',
      xLabel: 'x',
      yLabel: 'y',
      series: [
        {
          name: 'a',
          colour: '#111',
          points: [
            { name: 'one', x: 1, y: 1 },
            { name: 'hundred', x: 100, y: 100 },
            { name: 'never', x: 0, y: 5 },
          ],
        },
      ],
    });
    // 1 lies in the lower left corner, 100 in the upper right one; what has no logarithm is left out.
    expect(markup).toContain('cx="70" cy="375"');
    expect(markup).toContain('cx="445" cy="45"');
    expect(markup.match(/<circle/g)).toHaveLength(2);
  });
});

describe('tradeChart()', () => {
  const point = (name: string, x: number, y: number) => ({ name, x, y });

  it('names every point and escapes the name', () => {
    const { markup } = tradeChart({
      title: 'trade',
      xLabel: 'LUT',
      yLabel: 'cycles',
      series: [{ name: 'all', colour: '#111', points: [point('a<b', 1, 2), point('c', 3, 4)] }],
    });
    expect(markup.match(/<circle/g)).toHaveLength(2);
    expect(markup).toContain('a&lt;b');
    expect(markup).not.toContain('<polyline');
  });

  it('has a place for a single point and an empty picture for none', () => {
    const chart = { title: 't', xLabel: 'x', yLabel: 'y' };
    const series = { name: 'one', colour: '#111', points: [point('p', 5, 7)] };
    expect(tradeChart({ ...chart, series: [series] }).markup).not.toContain('NaN');
    expect(tradeChart({ ...chart, series: [] }).markup).not.toContain('<circle');
  });
});
