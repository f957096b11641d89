/** A plan: what would be created, changed and removed. */
import Add from '@mui/icons-material/Add';
import Check from '@mui/icons-material/Check';
import Edit from '@mui/icons-material/Edit';
import Remove from '@mui/icons-material/Remove';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import type { CostChange } from '../../remote/core/contract/cost.ts';
import type { Plan, PlanChange } from '../../remote/core/contract/plan.ts';
import { differenceText } from '../components/money.ts';
import { countText, dayText } from '../components/time.ts';

const looks = {
  create: { word: 'create', color: 'success.main', Icon: Add },
  change: { word: 'change', color: 'warning.main', Icon: Edit },
  remove: { word: 'remove', color: 'error.main', Icon: Remove },
  keep: { word: 'keep', color: 'text.secondary', Icon: Check },
} as const;

export function PlanView({ plan }: { plan: Plan }) {
  return (
    <>
      {plan.exists && (
        <Alert severity="info" variant="outlined" sx={{ mb: 1.5 }}>
          There is an application called {plan.application} already: only the difference is applied. Give another name
          for a new one.
        </Alert>
      )}
      {plan.warnings.map((warning) => (
        <Alert key={warning} severity="warning" variant="outlined" sx={{ mb: 1.5 }}>
          {warning}
        </Alert>
      ))}
      <Paper component="ul" aria-label="Plan" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {plan.changes.map((change) => (
          <Change key={`${change.action} ${change.service ?? ''} ${change.text}`} change={change} />
        ))}
        {plan.changes.length === 0 && (
          <Box component="li" sx={{ p: 2, color: 'text.secondary' }}>
            Nothing would change.
          </Box>
        )}
      </Paper>
      {plan.cost && (
        <Typography variant="body2" sx={{ mt: 1, fontVariantNumeric: 'tabular-nums' }}>
          {costText(plan.cost)}
        </Typography>
      )}
      {Object.entries(plan.placements ?? {}).map(([placement, cost]) => (
        <Typography key={placement} variant="body2" color="textSecondary" className="figures">
          With Placement {placement}: {costText(cost)}
        </Typography>
      ))}
    </>
  );
}

/** `Cost: +0.041 $/h, +29.9 $/month · 2 machines more · prices of 3 Nov` */
function costText({ perHour, added, freed, unknown, pricedAt }: CostChange): string {
  return [
    added + freed === 0 ? 'Cost: as before' : `Cost: ${perHour === undefined ? 'unknown' : differenceText(perHour)}`,
    ...(added > 0 ? [`${countText(added, 'machine')} more`] : []),
    ...(freed > 0 ? [`${countText(freed, 'machine')} less`] : []),
    ...(unknown > 0 ? [`price of ${countText(unknown, 'machine')} unknown`] : []),
    ...(pricedAt === undefined ? [] : [`prices of ${dayText(pricedAt)}`]),
  ].join(' · ');
}

function Change({ change }: { change: PlanChange }) {
  const { word, color, Icon } = looks[change.action];
  return (
    <Box
      component="li"
      sx={{ display: 'flex', gap: 1.5, px: 2, py: 1.25, '& + &': { borderTop: 1, borderColor: 'divider' } }}
    >
      <Icon titleAccess={word} sx={{ fontSize: 17, mt: '1px', flexShrink: 0, color }} />
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="body2">{change.text}</Typography>
        {change.fields.map(({ path, from, to }) => (
          <Typography key={path} variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {path}: {short(from)} → {short(to)}
          </Typography>
        ))}
      </Box>
    </Box>
  );
}

function short(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
