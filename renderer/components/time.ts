/** Times and sizes in words. Pure. */

// As in logs: of one width, and without a word for the half of the day.
const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const clock = new Intl.DateTimeFormat('en-GB', hours);
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...hours });

/** `14:02` today, `3 Nov, 14:02` on another day. @param time milliseconds since the epoch */
export function timeText(time: number, now = Date.now()): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  return (sameDay ? clock : day).format(time);
}

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `3 Nov`. @param time milliseconds since the epoch */
export function dayText(time: number): string {
  return date.format(time);
}

/** `0.4 s`, `12 s`, `3 min`, `2 h`. @param ms milliseconds */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** `812 B`, `3.1 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1 node`, `2 nodes`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
