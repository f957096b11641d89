/** nginx's access log as figures; each line ends with the time of the request in seconds. */
import type { LogSample } from '../../../core/metrics/log-sample.ts';
import { percentiles } from '../../../core/metrics/log-sample.ts';

/** @param seconds since the sample before */
export function nginxFigures(sample: LogSample, seconds: number): Record<string, number | undefined> {
  const times = sample.lines.flatMap((line) => {
    const time = Number(line.slice(line.lastIndexOf(' ') + 1));
    return Number.isFinite(time) ? [time * 1000] : [];
  });
  const [p50, p95, p99] = percentiles(times, [0.5, 0.95, 0.99]);
  return {
    nginx_requests: sample.written === undefined || seconds <= 0 ? undefined : sample.written / seconds,
    nginx_p50: p50,
    nginx_p95: p95,
    nginx_p99: p99,
  };
}

/** Remembers when it was last asked. */
export function createNginxMeasure(look: () => Promise<LogSample | undefined>) {
  let last: number | undefined;
  return async (): Promise<Record<string, number | undefined>> => {
    const sample = await look();
    const now = performance.now();
    const before = last;
    last = now;
    return sample && before !== undefined ? nginxFigures(sample, (now - before) / 1000) : {};
  };
}
