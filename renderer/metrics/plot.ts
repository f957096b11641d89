/** A chart on a canvas (uPlot): lines, marks of what happened, one crosshair over all charts of a view. */
import uPlot from 'uplot';
import type { Figure } from '../../remote/core/contract/figures.ts';
import { fonts, type Tokens } from '../theme/tokens.ts';
import type { Columns } from './columns.ts';
import type { Mark } from './marks.ts';
import { formatTick, formatValue } from './units.ts';

export const plotHeight = 160;

/** Lines differ by their dashes, too: nobody needs to see colours. */
export const dashes: readonly (readonly number[])[] = [
  [],
  [7, 4],
  [2, 3],
  [9, 3, 2, 3],
  [5, 2],
  [1, 2],
  [12, 4],
  [4, 6],
  [3, 2],
  [8, 2, 1, 2],
];

export interface PlotOptions {
  readonly element: HTMLElement;
  readonly columns: Columns;
  readonly unit: Figure['unit'];
  readonly tokens: Tokens;
  readonly hidden: ReadonlySet<string>;
  /** The crosshair is shared by all charts with the same key. */
  readonly crosshair: string;
  marks(): readonly Mark[];
  /** A part of the time was dragged over; milliseconds since the epoch. */
  onZoom(from: number, to: number): void;
  onReset(): void;
  /** The crosshair is at this point; undefined: at none. */
  onPoint(index: number | undefined): void;
}

export interface Plot {
  /** Newer values of the same lines. */
  setColumns(columns: Columns): void;
  show(key: string, shown: boolean): void;
  /** Puts the crosshair of all charts at a point. */
  point(index: number): void;
  redraw(): void;
  destroy(): void;
}

/** Draws a chart into an element and keeps to its width. */
export function createPlot(options: PlotOptions): Plot {
  const { element, unit, tokens, crosshair } = options;
  let { columns } = options;
  const axis: uPlot.Axis = {
    stroke: tokens.textQuiet,
    font: `11px ${fonts.text}`,
    grid: { stroke: tokens.border, width: 1 },
    ticks: { show: false },
  };
  const plot = new uPlot(
    {
      width: Math.max(200, element.clientWidth),
      height: plotHeight,
      ms: 1,
      legend: { show: false },
      padding: [10, 8, 0, 0],
      scales: {
        x: { time: true },
        y: { range: (_plot, _lowest, highest) => [0, highest > 0 ? highest * 1.12 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          space: 70,
          values: (self, times) => {
            const { min = 0, max = 0 } = self.scales['x'] ?? {};
            return times.map((time) => formatTick(time, (max ?? 0) - (min ?? 0)));
          },
        },
        { ...axis, size: 62, space: 34, values: (_plot, values) => values.map((value) => formatValue(value, unit)) },
      ],
      cursor: {
        sync: { key: crosshair, setSeries: false },
        drag: { x: true, y: false, setScale: false },
        y: false,
        points: { size: 7 },
        bind: {
          dblclick: () => () => {
            options.onReset();
            return null;
          },
        },
      },
      series: [
        {},
        ...columns.lines.map(({ key }, index) => ({
          show: !options.hidden.has(key),
          stroke: colourOf(tokens, index),
          width: 1.6,
          dash: [...(dashes[index] ?? [])],
          spanGaps: false,
          points: { show: false },
        })),
      ],
      hooks: {
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 4) return;
            options.onZoom(self.posToVal(left, 'x'), self.posToVal(left + width, 'x'));
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
        setCursor: [(self) => options.onPoint(self.cursor.idx ?? undefined)],
        draw: [(self) => drawMarks(self, options.marks(), tokens)],
      },
    },
    dataOf(columns),
    element,
  );
  const resized = new ResizeObserver(() => {
    if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: plotHeight });
  });
  resized.observe(element);
  return {
    setColumns(next) {
      // Other lines are another plot: it is made in a moment.
      if (next.lines.map(({ key }) => key).join() !== columns.lines.map(({ key }) => key).join()) return;
      columns = next;
      plot.setData(dataOf(next));
    },
    show(key, shown) {
      const index = columns.lines.findIndex((line) => line.key === key);
      if (index >= 0) plot.setSeries(index + 1, { show: shown });
    },
    point(index) {
      const time = columns.times[index];
      if (time === undefined) return;
      plot.setCursor({ left: plot.valToPos(time, 'x'), top: 10 });
    },
    redraw: () => plot.redraw(false),
    destroy() {
      resized.disconnect();
      plot.destroy();
    },
  };
}

export function colourOf(tokens: Tokens, index: number): string {
  return tokens.lines[index % tokens.lines.length] ?? tokens.text;
}

/** uPlot's own form: null where a line has a gap. */
function dataOf({ times, lines }: Columns): uPlot.AlignedData {
  return [
    Array.from(times),
    ...lines.map(({ values }) => Array.from(values, (value) => (Number.isNaN(value) ? null : value))),
  ];
}

/** A line and a small sign at the top for each: a triangle for a change, a cross for a failure. */
function drawMarks(plot: uPlot, marks: readonly Mark[], tokens: Tokens): void {
  const { ctx, bbox } = plot;
  const size = 4 * devicePixelRatio;
  ctx.save();
  for (const { time, kind } of marks) {
    const x = Math.round(plot.valToPos(time, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = kind === 'failure' ? tokens.bad : tokens.textQuiet;
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(kind === 'failure' ? [] : [3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath();
    if (kind === 'failure') {
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.moveTo(x - size, bbox.top - size);
      ctx.lineTo(x + size, bbox.top + size);
      ctx.moveTo(x + size, bbox.top - size);
      ctx.lineTo(x - size, bbox.top + size);
      ctx.stroke();
    } else {
      ctx.moveTo(x - size, bbox.top - size);
      ctx.lineTo(x + size, bbox.top - size);
      ctx.lineTo(x, bbox.top + size);
      ctx.fill();
    }
  }
  ctx.restore();
}
