/** What a person who helps needs to know: versions, settings, states, and the ends of our own processes' logs; redacted. */
import { open, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { DiagnosticsFile } from '../desktop.ts';
import type { Preferences } from '../preferences.ts';
import { type OwnNames, redact } from './redact.ts';

export interface DiagnosticsOptions {
  readonly dataDirectory: string;
  readonly preferences: Preferences;
  /** Of this program, of Electron, Chromium and Node. */
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** What the page knows: session, counts, failures. */
  readonly state: string;
}

/** Of each log; bytes, from its end. */
const tailBytes = 40_000;
const mostLogs = 40;

/** Nothing of it was sent or written anywhere. */
export async function collectDiagnostics(options: DiagnosticsOptions): Promise<readonly DiagnosticsFile[]> {
  const { username } = os.userInfo();
  const own: OwnNames = { user: username, host: os.hostname(), home: os.homedir(), others: [] };
  const made: DiagnosticsFile[] = [
    {
      name: 'versions.txt',
      text: lines({
        ...options.versions,
        system: `${os.platform()} ${os.release()} ${os.arch()}`,
        memory: `${Math.round(os.totalmem() / 1e9)} GB`,
        processors: String(os.cpus().length),
      }),
    },
    {
      name: 'settings.txt',
      text: lines({ ...options.preferences }),
    },
    { name: 'state.txt', text: options.state },
    ...(await logTails(options.dataDirectory)),
  ];
  return made.map(({ name, text }) => ({ name, text: redact(text, own) }));
}

function lines(values: Readonly<Record<string, unknown>>): string {
  return `${Object.entries(values)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n')}\n`;
}

/** Logs of director, managers, agents and host of the deployments on this computer; never those of hosted applications. */
async function logTails(dataDirectory: string): Promise<DiagnosticsFile[]> {
  const found: string[] = [];
  await findLogs(path.join(dataDirectory, 'deployments'), 0, found);
  const tails: DiagnosticsFile[] = [];
  for (const [index, file] of found.slice(0, mostLogs).entries()) {
    tails.push({ name: `logs/${String(index + 1).padStart(2, '0')}-${kindOf(file)}.txt`, text: await tail(file) });
  }
  return tails;
}

/** A process's home holds `bootstrap.json` and `log`; the host's own log lies beside its records. */
async function findLogs(folder: string, depth: number, found: string[]): Promise<void> {
  if (depth > 6 || found.length >= mostLogs) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && (entry.name === 'log' || entry.name === 'host.log')) found.push(file);
    // Engines and hosted code have their own folders, which are not ours to show.
    else if (entry.isDirectory() && !['nodes', 'engines', 'code', 'blobs', 'data'].includes(entry.name)) {
      await findLogs(file, depth + 1, found);
    }
  }
}

function kindOf(file: string): string {
  return /director|manager|agent|host/.exec(file.split(path.sep).toReversed().join('/'))?.[0] ?? 'process';
}

async function tail(file: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(Math.min(size, tailBytes)),
      position: Math.max(0, size - tailBytes),
    });
    return buffer.toString('utf8', 0, bytesRead);
  } catch (thrown) {
    return `cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`;
  }
}
