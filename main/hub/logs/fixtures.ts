/** Batches as an agent sends them. */
import type { LogBatch } from '../../../remote/core/contract/logs.ts';

/** Lines with their times, in a row from `seq` on. */
export function batchOf(
  name: string,
  seq: number,
  lines: readonly (readonly [number, string])[],
  more: Partial<LogBatch> = {},
): LogBatch {
  const times = lines.flatMap(([time], index) => (lines[index - 1]?.[0] === time ? [] : [index, time]));
  return {
    node: name,
    service: 'web',
    log: 'error',
    seq,
    count: lines.length,
    text: lines.map(([, text]) => text).join('\n'),
    times,
    behind: 0,
    next: { generation: 1, position: 0, seq: seq + lines.length },
    ...more,
  };
}
