/** The foot of the list: totals, what they cost, and as of when. */
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { hourText, monthText } from '../components/money.ts';
import { countText, dayText, timeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useSession } from '../stores/session.ts';

const everyMs = 60_000;

export interface TotalsProps {
  readonly all: ReadonlyMap<string, ApplicationSummary>;
  /** How many of them are shown. */
  readonly shown: number;
}

export function Totals({ all, shown }: TotalsProps) {
  // What is not live says so.
  const asOf = useSession(({ session }) =>
    session?.state === 'lost' || session?.state === 'resuming' ? `as of ${timeText(session.since)}` : 'as of now',
  );
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
    `${hourText(costs.perHour)} $/h`,
    `${monthText(costs.perHour)} $/month`,
    ...(costs.unknown > 0 ? [`price of ${countText(costs.unknown, 'machine')} unknown`] : []),
    ...(costs.pricedAt === undefined ? [] : [`prices of ${dayText(costs.pricedAt)}`]),
  ];
  const counts =
    shown < all.size ? `${shown} of ${countText(all.size, 'application')}` : countText(all.size, 'application');
  return (
    <Typography
      variant="body2"
      color="textSecondary"
      role="status"
      sx={{ mt: 1.5, display: 'flex', flexWrap: 'wrap', columnGap: 2, fontVariantNumeric: 'tabular-nums' }}
    >
      <span>{[counts, `${countText(nodes, 'node')} running`, ...(cost ?? [])].join(' · ')}</span>
      <span style={{ marginLeft: 'auto' }}>{asOf}</span>
    </Typography>
  );
}
