/** Rows with their texts: as a page gets them, and as they stand in a saved file or on the clipboard. */
import type { LogRow } from '../calls/logs.ts';
import type { Excerpt } from './excerpt.ts';
import { levelNames, levels } from './levels.ts';
import type { MergedRow } from './merge.ts';

/** Characters of a line that a page is sent. */
const shownLength = 4_000;

/** Rows as a page gets them. Where hits alone are shown, some stand for what was left out. */
export async function readRows(rows: readonly MergedRow[], excerpt: Excerpt | undefined): Promise<LogRow[]> {
  const found: LogRow[] = [];
  for (const { source, block, row } of rows) {
    const { node, service, log } = source;
    const level = levelNames[block.levelOf(row)] ?? 'other';
    const about = { node, service, log, seq: block.seqOf(row), time: block.timeOf(row), level };
    const leftOut = excerpt?.leftOut(source, block, row);
    if (leftOut !== undefined) {
      found.push({ ...about, level: 'left-out', text: '', leftOut });
      continue;
    }
    const text = (await source.texts(block))[row] ?? '';
    if (level === 'gap') found.push({ ...about, text: '', gap: Number(text) });
    else if (text.length <= shownLength) found.push({ ...about, text });
    else found.push({ ...about, text: text.slice(0, shownLength), length: text.length });
  }
  return found;
}

/** A row as plain text, whole. */
export async function plainLine({ source, block, row }: MergedRow, excerpt: Excerpt | undefined): Promise<string> {
  const leftOut = excerpt?.leftOut(source, block, row);
  if (leftOut !== undefined) return `── ${source.node} ${source.log}: ${leftOutText(leftOut)}`;
  const text = (await source.texts(block))[row] ?? '';
  const time = new Date(block.timeOf(row)).toISOString();
  const level = block.levelOf(row);
  if (level === levels.event) return `── ${time} ${text}`;
  if (level === levels.gap) return `── ${source.node} ${source.log}: ${gapText(Number(text))}`;
  return `${time} ${source.node} ${source.log}  ${text}`;
}

/** What a gap says of itself. */
function gapText(lines: number): string {
  if (lines < 0) return 'some lines may have been lost while the log was rotated';
  const count = lines.toLocaleString('en-GB');
  return lines === 1
    ? '1 line was rotated away before it could be read'
    : `${count} lines were rotated away before they could be read`;
}

const leftOutText = (lines: number): string => `${lines.toLocaleString('en-GB')} lines left out`;
