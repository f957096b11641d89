/** One try of a readiness or health probe. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { patienceHere } from './patience.ts';
import type { Probe } from './types.ts';

/** Longest that one try may take, whatever the probe's own time is. */
const oneTryMs = 5_000;

/** Whether the probe succeeds now. Never throws; false when `signal` aborts. */
export async function tryProbe(probe: Probe, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  if (probe.kind === 'none') return true;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(Math.min(oneTryMs, probe.timeoutMs) * patienceHere())]);
  switch (probe.kind) {
    case 'tcp':
      return canConnect({ host: probe.host, port: probe.port }, limited);
    case 'unix':
      return canConnect({ path: probe.path }, limited);
    case 'http':
      return answers(probe, limited);
    case 'custom':
      try {
        return await probe.check(limited);
      } catch {
        return false; // not yet
      }
  }
}

/** How long it may take here to become ready, milliseconds. */
export function readyWithin(probe: Probe): number {
  return probe.kind === 'none' ? 0 : probe.timeoutMs * patienceHere();
}

/** Tries every 20 ms at first, then up to every 250 ms. False when the probe's time is up or `signal` aborts. */
export async function untilReady(probe: Probe, signal: AbortSignal): Promise<boolean> {
  if (probe.kind === 'none') return !signal.aborted;
  const deadline = performance.now() + readyWithin(probe);
  for (let pause = 20; !signal.aborted; pause = Math.min(pause * 1.2, 250)) {
    if (await tryProbe(probe, signal)) return true;
    if (performance.now() > deadline) return false;
    await delay(pause);
  }
  return false;
}

function canConnect(target: { host: string; port: number } | { path: string }, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    const end = (result: boolean) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(result);
    };
    const onAbort = () => end(false);
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    signal.addEventListener('abort', onAbort);
  });
}

/** Any answer below 400. */
function answers(probe: { host: string; port: number; path: string }, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host: probe.host, port: probe.port, path: probe.path, agent: false, signal }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 400);
    });
    call.once('error', () => resolve(false));
    call.end();
  });
}
