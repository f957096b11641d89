/** Plan and apply of a document: what was planned, what is under way, what failed. */
import { useEffect, useState } from 'react';
import type { Failure } from '../../remote/core/contract/errors.ts';
import type { Plan } from '../../remote/core/contract/plan.ts';
import { failureOf, HubError, hub } from '../hub/client.ts';
import { useOperations } from '../stores/operations.ts';
import type { EditingSession } from './session.ts';
import { editorTexts } from './texts.ts';

export interface Applying {
  readonly planned: { readonly text: string; readonly plan: Plan } | undefined;
  /** Of a new application; undefined: the usual one. */
  readonly cloud: string | undefined;
  readonly applied: { readonly application: string; readonly operation: string; readonly text: string } | undefined;
  readonly busy: 'plan' | 'apply' | undefined;
  readonly failure: { readonly title: string; readonly failure: Failure; readonly retry: () => void } | undefined;
  makePlan(): void;
  /** Puts a new application on another cloud, and plans that. */
  choose(cloud: string | undefined): void;
  apply(): void;
  /** Back from the steps of what was applied to plans. */
  forget(): void;
}

/** What somebody else has changed since is not overwritten unseen. */
async function refuseOverOthers(session: EditingSession): Promise<void> {
  const { facts, theirs } = session.snapshot();
  if (facts.origin.from !== 'application' || theirs !== undefined) return;
  const source = await hub.call('read_source', { document: session.id });
  if (source) session.compareWith(source.text);
  if (session.snapshot().theirs === undefined) return;
  throw new HubError({
    code: 'conflict',
    message: editorTexts().plan.changedMeanwhile(facts.name),
    retry: true,
  });
}

export function useApplying(session: EditingSession): Applying {
  const [planned, setPlanned] = useState<Applying['planned']>();
  const [applied, setApplied] = useState<Applying['applied']>();
  const [busy, setBusy] = useState<Applying['busy']>();
  const [failure, setFailure] = useState<Applying['failure']>();
  const [cloud, setCloud] = useState<string>();
  const ended = useOperations(({ byId }) => (applied ? byId.get(applied.operation)?.state : undefined));

  // Once it is applied the text is what runs: the application's own manifest is what later changes are compared with.
  useEffect(() => {
    if (ended !== 'done' || !applied) return;
    session.settled(applied.text);
    if (session.snapshot().facts.origin.from !== 'application') return;
    hub.call('read_source', { document: session.id }).then(
      (source) => source && session.rebase(source.text),
      // Without the director there is nothing to compare with yet; it is compared again when that is back.
      () => undefined,
    );
  }, [ended, applied, session]);

  const attempt = (what: 'plan' | 'apply', title: string, work: (text: string) => Promise<void>): void => {
    if (busy) return;
    const { text } = session.snapshot();
    setBusy(what);
    setFailure(undefined);
    work(text)
      .catch((thrown: unknown) => {
        const told = failureOf(thrown);
        setFailure({ title, failure: told, retry: () => attempt(what, title, work) });
        if (told.places && session.snapshot().text === text) session.blame(told);
      })
      .finally(() => setBusy(undefined));
  };

  const request = (text: string, on: string | undefined) => ({
    source: { from: 'document' as const, document: session.id, text },
    ...(on === undefined ? {} : { cloud: on }),
  });
  const planOn = (on: string | undefined): void => {
    setApplied(undefined);
    attempt('plan', editorTexts().plan.none, async (text) => {
      setPlanned({ text, plan: await hub.call('plan', request(text, on)) });
    });
  };
  const choose = (on: string | undefined): void => {
    if (busy) return;
    setCloud(on);
    // What was planned is of another cloud.
    setPlanned(undefined);
    planOn(on);
  };
  const apply = (): void => {
    attempt('apply', editorTexts().plan.notApplied, async (text) => {
      await session.keep();
      await refuseOverOthers(session);
      const started = await hub.call('apply', request(text, cloud));
      setApplied({ ...started, text });
      setPlanned(undefined);
    });
  };
  const makePlan = (): void => planOn(cloud);
  return { planned, cloud, applied, busy, failure, makePlan, choose, apply, forget: () => setApplied(undefined) };
}
