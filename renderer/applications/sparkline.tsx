/** The load of the last 15 minutes as a small line; its figures in words for those who do not see it. */
import { HiddenText } from '../components/hidden-text.tsx';
import { figure } from '../texts/figures.ts';

const width = 60;
const height = 18;
/** Values that the line is made for: one a minute. */
const points = 15;

export interface SparklineProps {
  readonly load: readonly number[] | undefined;
  /** Says it: cores now, at most, in so many minutes. */
  readonly textOf: (now: string, most: string, minutes: number) => string;
}

export function Sparkline({ load, textOf }: SparklineProps) {
  if (!load || load.length === 0) return <span className="quiet">–</span>;
  const now = load.at(-1) ?? 0;
  const most = Math.max(...load);
  // A line of next to nothing must not look like a full load: 5 % of a core is the least full height.
  const scale = (height - 3) / Math.max(5, most);
  const step = width / (points - 1);
  const start = width - (load.length - 1) * step;
  const line = load.map((value, index) => `${round(start + index * step)},${round(height - 1.5 - value * scale)}`);
  const text = textOf(cores(now), cores(most), load.length);
  return (
    <span title={text}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" className="spark">
        {load.length === 1 ? (
          <circle cx={width - 2} cy={height - 1.5 - now * scale} r={1.5} className="dot" />
        ) : (
          <polyline points={line.join(' ')} fill="none" strokeWidth={1.5} strokeLinejoin="round" />
        )}
      </svg>
      <HiddenText>{text}</HiddenText>
    </span>
  );
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Hundredths of a core as cores. */
const cores = (hundredths: number): string => figure(hundredths / 100, 2);
