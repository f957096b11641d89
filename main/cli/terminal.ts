/**
 * What the command writes. Results go to standard output, as text or (with --json) as one JSON document or one JSON line
 * per item; everything else goes to standard error. Progress is a bar on a terminal and plain lines elsewhere.
 */
import type { Failure } from '../../remote/core/contract/errors.ts';
import type { Operation, OperationStep } from '../../remote/core/contract/operation.ts';

/** Documented exit codes (README, `conpaas help exit-codes`). */
export const exitCodes = {
  ok: 0,
  /** The operation was tried and failed. */
  failed: 1,
  /** The command line, a manifest or another input is wrong. */
  usage: 2,
  /** What was named does not exist. */
  notFound: 3,
  /** State does not allow it. */
  conflict: 4,
  /** Director, manager or cloud cannot be reached. */
  unreachable: 5,
  /** Not allowed. */
  forbidden: 6,
  /** Ended by the user (Ctrl+C) or by a cancel. */
  cancelled: 130,
} as const;

const codeOf: Partial<Record<Failure['code'], number>> = {
  invalid_request: exitCodes.usage,
  unknown_method: exitCodes.usage,
  too_large: exitCodes.usage,
  bad_archive: exitCodes.usage,
  not_found: exitCodes.notFound,
  conflict: exitCodes.conflict,
  superseded: exitCodes.conflict,
  incompatible: exitCodes.conflict,
  unreachable: exitCodes.unreachable,
  director_unreachable: exitCodes.unreachable,
  deadline_exceeded: exitCodes.unreachable,
  unauthenticated: exitCodes.forbidden,
  forbidden: exitCodes.forbidden,
  cancelled: exitCodes.cancelled,
};

export function exitCodeOf(failure: Failure): number {
  return codeOf[failure.code] ?? exitCodes.failed;
}

export interface Streams {
  readonly out: {
    write(text: string | Uint8Array, written?: () => void): unknown;
    readonly isTTY?: boolean | undefined;
    readonly columns?: number;
  };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean | undefined; readonly columns?: number };
}

export class Terminal {
  readonly json: boolean;
  readonly #streams: Streams;
  #bar = '';
  readonly #said = new Map<string, string>();

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.json = json;
  }

  /** A result: `value` with --json, else the text. */
  result(value: unknown, text: () => string): void {
    this.#clear();
    const written = this.json ? JSON.stringify(value, null, 2) : text();
    if (written !== '') this.#streams.out.write(`${written}\n`);
  }

  /** A list as a result: what is said of none, where it is read by a person, is no result. */
  list(values: readonly unknown[], text: () => string, none: string): void {
    if (values.length > 0 || this.json) this.result(values, text);
    else this.note(none);
  }

  /** One item of a stream of results: a JSON line, or a line of text. */
  line(value: unknown, text: () => string): void {
    this.#clear();
    this.#streams.out.write(`${this.json ? JSON.stringify(value) : text()}\n`);
  }

  /** Bytes of a result as they are. Resolves when they are written, or never where nobody reads. */
  raw(bytes: Uint8Array): Promise<void> {
    this.#clear();
    return new Promise((resolve) => void this.#streams.out.write(bytes, () => resolve()));
  }

  /** Something worth knowing that is not the result. */
  note(text: string): void {
    this.#clear();
    this.#streams.err.write(`${text}\n`);
    this.#draw();
  }

  /** Progress of an operation; the same object again at each change. */
  progress(operation: Operation): void {
    if (!this.#streams.err.isTTY) {
      this.#plainProgress(operation);
      return;
    }
    const done = operation.steps.filter(({ state }) => state === 'done').length;
    const current = operation.steps.find(({ state }) => state === 'running');
    const fraction = (done + (current?.progress ?? 0)) / Math.max(1, operation.steps.length);
    const filled = Math.round(fraction * 20);
    const words = [current?.title ?? operation.title, current?.detail].filter((word) => word !== undefined).join(' · ');
    this.#bar = `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${words}`.slice(
      0,
      (this.#streams.err.columns ?? 80) - 1,
    );
    this.#draw();
    if (operation.state !== 'running') this.endProgress();
  }

  /** Progress of an upload, in bytes. */
  transfer(name: string, sent: number, total: number): void {
    if (!this.#streams.err.isTTY) return;
    const share = total === 0 ? 1 : sent / total;
    this.#bar = sent >= total ? '' : `uploading ${name} ${Math.round(share * 100)} % of ${formatBytes(total)}`;
    this.#draw();
  }

  endProgress(): void {
    this.#clear();
    this.#bar = '';
  }

  /** An error: one sentence what happened and what to do, then where, then the failing thing's own last lines. */
  error(failure: Failure): void {
    this.endProgress();
    if (this.json) {
      this.#streams.err.write(`${JSON.stringify({ error: failure })}\n`);
      return;
    }
    this.#streams.err.write(`conpaas: ${failure.message}\n`);
    const places = failure.places ?? [];
    const isTold = (words: string) => failure.message.includes(words);
    const areTold = places.every(({ path, message }) => isTold(message) && (path === '$' || isTold(path)));
    for (const { path, message, line, column } of areTold ? [] : places) {
      this.#streams.err.write(
        `  ${line === undefined ? '' : `line ${line}, column ${column ?? 1}: `}${path}: ${message}\n`,
      );
    }
    for (const line of failure.log ?? []) this.#streams.err.write(`  | ${line}\n`);
  }

  #plainProgress(operation: Operation): void {
    for (const step of operation.steps) {
      const key = `${operation.id} ${step.name}`;
      if (this.#said.get(key) === step.state || step.state === 'waiting') continue;
      this.#said.set(key, step.state);
      this.#streams.err.write(`${describeStep(step)}\n`);
    }
  }

  #clear(): void {
    if (this.#bar !== '' && this.#streams.err.isTTY) this.#streams.err.write('\r\u001b[K');
  }

  #draw(): void {
    if (this.#bar !== '' && this.#streams.err.isTTY) this.#streams.err.write(`\r\u001b[K${this.#bar}`);
  }
}

export function describeStep(step: OperationStep): string {
  const words = { waiting: ' ', running: '…', done: '✓', failed: '✗', skipped: '-' } as const;
  const seconds =
    step.startedAt !== undefined && step.endedAt !== undefined
      ? ` (${((step.endedAt - step.startedAt) / 1000).toFixed(1)} s)`
      : '';
  return `${words[step.state]} ${step.title}${seconds}`;
}

/** Rows as columns, padded to their widest entry; the head in capitals. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [format(head.map((title) => title.toUpperCase())), ...rows.map(format)].join('\n');
}

/** `1536` as `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A moment as local date and time, to the second. */
export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19).replace('T', ' ');
}
