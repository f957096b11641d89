/** What is looked at when another director has taken the place of one that was lost. */
import { z } from 'zod';
import { ApplicationSummary, NodeInfo, VmInfo } from '../../remote/core/contract/index.ts';
import type { Desk } from './desk.ts';
import { until } from './until.ts';

/** Ids of an application's nodes that run. */
export async function runningNodes(desk: Pick<Desk, 'json'>, application: string): Promise<string[]> {
  const nodes = await desk.json(z.array(NodeInfo), 'nodes', 'list', application);
  const running = nodes.filter(({ state }) => state === 'running');
  return running.map(({ id }) => id).sort();
}

/** Ids of the machines that the director knows. */
export async function machineIds(desk: Desk): Promise<string[]> {
  return (await desk.json(z.array(VmInfo), 'call', 'director', 'list_vms')).map(({ id }) => id).sort();
}

/** Until the one application's manager has found the director that is there now. */
export async function untilFollowed(desk: Desk): Promise<void> {
  await until('the manager to follow', async () => {
    const [summary] = await desk.json(z.array(ApplicationSummary), 'app', 'list');
    return summary?.state === 'running';
  });
}
