/** The foot of the list: totals, what they cost, and as of when. */
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { hourText, monthText } from '../components/money.ts';
import { dayText, timeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { oldSince, useSession } from '../stores/session.ts';
import { measureTexts } from '../texts/measures.ts';
import { useApplicationsTexts } from './texts.ts';

const everyMs = 60_000;

export interface TotalsProps {
  readonly all: ReadonlyMap<string, ApplicationSummary>;
  /** How many of them are shown. */
  readonly shown: number;
}

export function Totals({ all, shown }: TotalsProps) {
  const texts = useApplicationsTexts().totals;
  const measures = measureTexts();
  // What is not live says so.
  const since = useSession(({ session }) => oldSince(session));
  const connected = useSession(({ session }) => session?.state === 'connected');
  const { value: costs } = useLoaded(
    async () => (connected ? hub.director('get_costs', {}) : undefined),
    [connected, all.size],
    everyMs,
  );
  const nodes = useMemo(() => {
    let count = 0;
    for (const application of all.values()) count += application.nodes.running;
    return count;
  }, [all]);
  const cost = costs && [
    measures.perHour(hourText(costs.perHour)),
    measures.perMonth(monthText(costs.perHour)),
    ...(costs.unknown > 0 ? [texts.unknown(costs.unknown)] : []),
    ...(costs.pricedAt === undefined ? [] : [texts.pricesOf(dayText(costs.pricedAt))]),
  ];
  const counts = shown < all.size ? texts.some(shown, all.size) : texts.all(all.size);
  return (
    <Typography
      variant="body2"
      color="textSecondary"
      role="status"
      sx={{ mt: 1.5, display: 'flex', flexWrap: 'wrap', columnGap: 2, fontVariantNumeric: 'tabular-nums' }}
    >
      <span>{[counts, texts.nodes(nodes), ...(cost ?? [])].join(' · ')}</span>
      <span style={{ marginLeft: 'auto' }}>{since === undefined ? texts.asOfNow : texts.asOf(timeText(since))}</span>
    </Typography>
  );
}
