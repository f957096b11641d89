/** An upload as the sheet shows it: how far, how fast, and what came of it. */
import { useEffect, useRef, useState } from 'react';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf, hub } from '../hub/client.ts';

export interface Transferred {
  readonly sent: number;
  readonly total: number;
  /** Bytes per second, over all of it so far; undefined at first. */
  readonly rate: number | undefined;
}

export interface Upload<Result> {
  readonly state: 'idle' | 'busy' | 'done';
  readonly transferred: Transferred | undefined;
  readonly result: Result | undefined;
  readonly failure: Failure | undefined;
  start(): void;
  cancel(): void;
}

/** Times below this say nothing about a rate, ms. */
const shortest = 50;

/** @param send uploads; `transfer` names the progress that the hub pushes */
export function useUpload<Result>(send: (transfer: string, signal: AbortSignal) => Promise<Result>): Upload<Result> {
  const [state, setState] = useState<Pick<Upload<Result>, 'state' | 'transferred' | 'result' | 'failure'>>({
    state: 'idle',
    transferred: undefined,
    result: undefined,
    failure: undefined,
  });
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);

  const start = (): void => {
    const transfer = crypto.randomUUID();
    const abort = new AbortController();
    controller.current = abort;
    setState({ state: 'busy', transferred: undefined, result: undefined, failure: undefined });
    let began: number | undefined;
    const stop = hub.onPush((push) => {
      if (push.push !== 'transfer' || push.transfer.id !== transfer) return;
      const { sent, total } = push.transfer;
      const now = performance.now();
      began ??= now;
      const took = now - began;
      const rate = took < shortest ? undefined : (sent / took) * 1000;
      setState((before) => ({ ...before, transferred: { sent, total, rate } }));
    });
    send(transfer, abort.signal).then(
      (result) => {
        stop();
        setState((before) => ({ ...before, state: 'done', result }));
      },
      (thrown: unknown) => {
        stop();
        const failure = failureOf(thrown);
        setState({
          state: 'idle',
          transferred: undefined,
          result: undefined,
          failure: abort.signal.aborted ? undefined : failure,
        });
      },
    );
  };
  return { ...state, start, cancel: () => controller.current?.abort() };
}
