/** What all processes of a machine have used of processors, those that have ended included. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const mount = '/sys/fs/cgroup';

/**
 * Of the control group of a process, by version 2 or 1 of Linux's interface.
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu and cgroup-v1/cpuacct.html
 * @returns milliseconds
 */
export async function processorTime(pid: number): Promise<number> {
  const groups = (await readFile(`/proc/${pid}/cgroup`, 'utf8')).trim().split('\n');
  for (const line of groups) {
    const [, controllers = '', group = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (!controllers.split(',').includes('cpuacct')) continue;
    return Number(await readFile(path.join(mount, controllers, group, 'cpuacct.usage'), 'utf8')) / 1e6;
  }
  const unified = groups.find((line) => line.startsWith('0::'))?.slice('0::'.length) ?? '/';
  const stat = await readFile(path.join(mount, unified, 'cpu.stat'), 'utf8');
  return Number(/^usage_usec (\d+)$/m.exec(stat)?.[1]) / 1e3;
}
