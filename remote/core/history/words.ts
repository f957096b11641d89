/** Changes in a few words, for lists and the command. Pure. */
import type { HistoryChange, HistorySubject } from '../contract/history.ts';

const subjects: Readonly<Record<HistorySubject, string>> = {
  description: 'description',
  service: 'service',
  code: 'code',
  configuration: 'configuration',
  environment: 'variable',
  secret: 'secret',
  need: 'needs',
  domain: 'domain',
  cloud: 'cloud',
  health_check: 'health check',
  startup_script: 'startup script',
  password: 'password secret',
};

/** e.g. `web: code v6 → v7`, `web: configuration memory_limit 128M → 256M`, `web: secret KEY added`. */
export function describeChange({ service, subject, change, key, from, to }: HistoryChange): string {
  const what = [subjects[subject], key].filter((word) => word !== undefined).join(' ');
  const where = service === undefined ? '' : `${service}: `;
  if (subject === 'startup_script' || subject === 'description') return `${where}${what} ${change}`;
  if (change === 'changed') return `${where}${what} ${valueText(from)} → ${valueText(to)}`;
  const value = valueText(change === 'added' ? to : from);
  return `${where}${what} ${change}${value === '' ? '' : ` (${value})`}`;
}

/** A value of a difference as text: `v7` for code, texts as they are, everything else as JSON. At most 60 characters. */
export function valueText(value: unknown): string {
  if (value === undefined) return '';
  const text =
    typeof value === 'object' && value !== null && 'version' in value
      ? String(value.version)
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
