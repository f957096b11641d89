/** Names a process for ever, and tells whether it still lives: what a lock file needs to know of its holder. */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { identify, isAlive } from '../../remote/core/supervisor/proc.ts';

export const ProcessMark = z.object({
  pid: z.number().int().positive(),
  /** When it started, in whatever form the platform tells; pids are used again. */
  started: z.string(),
});
export type ProcessMark = z.infer<typeof ProcessMark>;

let own: Promise<ProcessMark> | undefined;

/** The mark of this process. */
export function ownMark(): Promise<ProcessMark> {
  own ??= startOf(process.pid).then((started) => ({ pid: process.pid, started: started ?? '' }));
  return own;
}

/** Whether exactly this process still runs. */
export async function isRunning(mark: ProcessMark): Promise<boolean> {
  if (process.platform === 'linux') {
    const [startTime, bootId = ''] = mark.started.split('@');
    return isAlive({ pid: mark.pid, startTime: Number(startTime), bootId });
  }
  if (!exists(mark.pid)) return false;
  const started = await startOf(mark.pid);
  return started === undefined || mark.started === '' || started === mark.started;
}

async function startOf(pid: number): Promise<string | undefined> {
  switch (process.platform) {
    case 'linux': {
      const identity = identify(pid);
      return identity && `${identity.startTime}@${identity.bootId}`;
    }
    case 'darwin':
      return outputOf('ps', ['-o', 'lstart=', '-p', String(pid)]);
    default:
      // Windows tells it through WMI only, at half a second a question: the pid alone must do.
      return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's, but there
  }
}

function outputOf(command: string, parameters: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'ignore'], env: { LC_ALL: 'C', TZ: 'UTC' } });
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.on('error', () => resolve(undefined));
    child.on('close', () => resolve(text.trim() || undefined));
  });
}
