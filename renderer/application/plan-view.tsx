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
import { dayText } from '../components/time.ts';
import { measureTexts } from '../texts/measures.ts';
import { type ApplicationTexts, useApplicationTexts } from './texts.ts';

const signs = {
  create: { color: 'success.main', Icon: Add },
  change: { color: 'warning.main', Icon: Edit },
  remove: { color: 'error.main', Icon: Remove },
  keep: { color: 'text.secondary', Icon: Check },
} as const;

export function PlanView({ plan }: { plan: Plan }) {
  const texts = useApplicationTexts().plan;
  return (
    <>
      {plan.exists && (
        <Alert severity="info" variant="outlined" sx={{ mb: 1.5 }}>
          {texts.exists(plan.application)}
        </Alert>
      )}
      {plan.warnings.length > 0 && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 1.5 }}>
          {/* However many there are, what would be done is in sight. */}
          <Box
            component="ul"
            aria-label={texts.warnings}
            sx={{ listStyle: 'none', m: 0, p: 0, maxHeight: 132, overflowY: 'auto' }}
            tabIndex={plan.warnings.length > 3 ? 0 : undefined}
          >
            {plan.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </Box>
        </Alert>
      )}
      <Paper component="ul" aria-label={texts.label} sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {plan.changes.map((change) => (
          <Change key={`${change.action} ${change.service ?? ''} ${change.text}`} change={change} />
        ))}
        {plan.changes.length === 0 && (
          <Box component="li" sx={{ p: 2, color: 'text.secondary' }}>
            {texts.nothing}
          </Box>
        )}
      </Paper>
      {plan.cost && (
        <Typography variant="body2" sx={{ mt: 1, fontVariantNumeric: 'tabular-nums' }}>
          {texts.cost(costText(plan.cost, texts))}
        </Typography>
      )}
      {Object.entries(plan.placements ?? {}).map(([placement, cost]) => (
        <Typography key={placement} variant="body2" color="textSecondary" className="figures">
          {texts.placement(placement, costText(cost, texts))}
        </Typography>
      ))}
    </>
  );
}

/** `+0.041 $/h, +29.9 $/month · 2 machines more · prices of 3 Nov` */
function costText({ perHour, added, freed, unknown, pricedAt }: CostChange, texts: ApplicationTexts['plan']): string {
  const measures = measureTexts();
  const cost = perHour === undefined ? measures.unknown : perHour === 0 ? measures.free : differenceText(perHour);
  return [
    added + freed === 0 ? texts.costAsBefore : cost,
    ...(added > 0 ? [texts.added(added)] : []),
    ...(freed > 0 ? [texts.freed(freed)] : []),
    ...(unknown > 0 ? [texts.unknown(unknown)] : []),
    ...(pricedAt === undefined ? [] : [texts.pricesOf(dayText(pricedAt))]),
  ].join(' · ');
}

function Change({ change }: { change: PlanChange }) {
  const texts = useApplicationTexts().plan;
  const { color, Icon } = signs[change.action];
  return (
    <Box
      component="li"
      sx={{ display: 'flex', gap: 1.5, px: 2, py: 1.25, '& + &': { borderTop: 1, borderColor: 'divider' } }}
    >
      <Icon titleAccess={texts.actions[change.action]} sx={{ fontSize: 17, mt: '1px', flexShrink: 0, color }} />
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="body2">{change.text}</Typography>
        {change.fields.map(({ path, from, to }) => (
          <Typography key={path} variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {path}: {short(from, texts.none)} → {short(to, texts.none)}
          </Typography>
        ))}
      </Box>
    </Box>
  );
}

/** @param none where there is no value */
function short(value: unknown, none: string): string {
  if (value === undefined || value === null) return none;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
