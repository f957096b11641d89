/** The processes of one deployment, found from outside: by /proc alone, whatever its own records say. */
import { readFileSync, readlinkSync } from 'node:fs';
import { listProcesses } from '../../remote/core/supervisor/index.ts';

export interface FoundProcess {
  readonly pid: number;
  /** director, manager, agent, host, command, php-fpm, haproxy, nginx, redis, mariadb; other engines' parts: other. */
  readonly kind: ProcessKind;
  readonly commandLine: string;
}

const kinds = {
  host: /\/host\.mjs\b/,
  // They call themselves by a name once they have started.
  director: /\/director\.mjs\b|^conpaas-director\b/,
  manager: /\/manager\.mjs\b|^conpaas-manager\b/,
  agent: /\/agent\.mjs\b|^conpaas-agent\b/,
  command: /\/cli\.mjs\b/,
  // bubblewrap's own command line ends with the engine's.
  'php-fpm': /^php-fpm: master process/,
  haproxy: /^(?!.*bwrap)\S*haproxy\b/,
  nginx: /^nginx: master process/,
  redis: /^(?!.*bwrap)\S*redis-server\b/,
  mariadb: /^(?!.*bwrap)\S*mariadbd\b/,
} as const;
export type ProcessKind = keyof typeof kinds | 'other';

/**
 * Living processes that work in a directory or below it, were started with its path, or see it among their mounts (an
 * engine in a sandbox, which may have forgotten the rest).
 */
export function processesOf(directory: string): FoundProcess[] {
  return listProcesses().flatMap(({ pid }) => {
    if (pid === process.pid) return [];
    const commandLine = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    const mentioned = [
      () => commandLine,
      () => read(`/proc/${pid}/environ`),
      () => link(`/proc/${pid}/cwd`),
      () => read(`/proc/${pid}/mountinfo`),
    ].some((text) => text().includes(directory));
    return mentioned ? [{ pid, kind: kindOf(commandLine), commandLine }] : [];
  });
}

function kindOf(commandLine: string): ProcessKind {
  for (const [kind, pattern] of Object.entries(kinds)) if (pattern.test(commandLine)) return kind as ProcessKind;
  return 'other';
}

/** `/proc/PID/environ` of a process, as a record. */
export function environmentOf(pid: number): Record<string, string> {
  const entries = read(`/proc/${pid}/environ`).split('\0').filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** Whether it was there to be killed. */
export function kill9(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // ended meanwhile
  }
}
