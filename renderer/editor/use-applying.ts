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
  readonly applied: { readonly application: string; readonly operation: string; readonly text: string } | undefined;
  readonly busy: 'plan' | 'apply' | undefined;
  readonly failure: { readonly title: string; readonly failure: Failure; readonly retry: () => void } | undefined;
  makePlan(): void;
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

  const makePlan = (): void => {
    setApplied(undefined);
    attempt('plan', editorTexts().plan.none, async (text) => {
      const plan = await hub.call('plan', { source: { from: 'document', document: session.id, text } });
      setPlanned({ text, plan });
    });
  };
  const apply = (): void => {
    attempt('apply', editorTexts().plan.notApplied, async (text) => {
      await session.keep();
      await refuseOverOthers(session);
      const started = await hub.call('apply', { source: { from: 'document', document: session.id, text } });
      setApplied({ ...started, text });
      setPlanned(undefined);
    });
  };
  return { planned, applied, busy, failure, makePlan, apply, forget: () => setApplied(undefined) };
}
