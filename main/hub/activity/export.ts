/** Rows as text, one at a time. Pure. */

/** A row of CSV (RFC 4180). What a spreadsheet would take for a formula is made text: the values are others' words. */
function csvRow(values: readonly unknown[]): string {
  return `${values.map(csvValue).join(',')}\r\n`;
}

function csvValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Columns of both lists, in order; times are written as ISO 8601. */
export const columns = {
  audit: [
    'seq',
    'time',
    'who',
    'method',
    'application',
    'target',
    'outcome',
    'operation',
    'durationMs',
    'from',
    'client',
    'hash',
  ],
  events: ['seq', 'time', 'kind', 'level', 'application', 'applicationName', 'text'],
} as const;

export function rowText(
  what: keyof typeof columns,
  format: 'csv' | 'jsonl',
  row: Readonly<Record<string, unknown>>,
): string {
  if (format === 'jsonl') return `${JSON.stringify(row)}\n`;
  return csvRow(
    columns[what].map((column) => (column === 'time' ? new Date(Number(row[column])).toISOString() : row[column])),
  );
}

/** What comes before the first row. */
export function headText(what: keyof typeof columns, format: 'csv' | 'jsonl'): string {
  return format === 'csv' ? csvRow(columns[what]) : '';
}
