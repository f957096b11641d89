/** Moving an application: where to, what that means, and the click that begins it. */
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';
import type { MovePlan, Place } from '../../main/hub/protocol.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { FormDialog } from '../components/form-dialog.tsx';
import { differenceText, priceText } from '../components/money.ts';
import { sizeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useMoveTexts } from './texts.ts';

export interface MoveDialogProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

const keyOf = ({ deployment, cloud }: Place): string => `${deployment} ${cloud}`;

export function MoveDialog({ id, name, onClose }: MoveDialogProps) {
  const texts = useMoveTexts();
  const label = useId();
  const places = useLoaded(() => hub.call('move_places', { application: id }), [id]);
  const [chosen, setChosen] = useState<string>();
  const place = places.value?.find((one) => keyOf(one) === chosen) ?? places.value?.[0];
  const request = (to: Place) => ({ application: id, to: { deployment: to.deployment, cloud: to.cloud } });
  const planned = useLoaded(
    async () => (place ? { key: keyOf(place), plan: await hub.call('plan_move', request(place)) } : undefined),
    [id, place && keyOf(place)],
  );
  // That of another place is not shown while this one is planned.
  const plan = place && planned.value?.key === keyOf(place) ? planned.value.plan : undefined;
  const move = useAction(async () => {
    if (place) await hub.call('begin_move', request(place));
    onClose();
  });
  const isNowhere = places.value?.length === 0;
  return (
    <FormDialog
      title={texts.title(name)}
      action={texts.move}
      ready={plan !== undefined && !planned.failure}
      work={move}
      failureTitle={texts.notMoved}
      maxWidth="md"
      onClose={onClose}
    >
      {places.failure && <FailureNotice title={texts.placesFailed} failure={places.failure} onRetry={places.reload} />}
      {!places.value && !places.failure && <Skeleton variant="rounded" height={72} />}
      {isNowhere && <Typography variant="body2">{texts.nowhere}</Typography>}
      {place && (
        <div>
          <FormLabel id={label}>{texts.where}</FormLabel>
          <RadioGroup aria-labelledby={label} value={keyOf(place)} onChange={({ target }) => setChosen(target.value)}>
            {places.value?.map((one) => (
              <FormControlLabel
                key={keyOf(one)}
                value={keyOf(one)}
                control={<Radio size="small" autoFocus={one === place} />}
                label={texts.place(one.name, one.cloud)}
              />
            ))}
          </RadioGroup>
        </div>
      )}
      {place && planned.failure && (
        <FailureNotice title={texts.planFailed} failure={planned.failure} onRetry={planned.reload} />
      )}
      {place && !planned.failure && (plan ? <PlanOfMove plan={plan} /> : <Skeleton variant="rounded" height={180} />)}
    </FormDialog>
  );
}

function PlanOfMove({ plan }: { plan: MovePlan }) {
  const texts = useMoveTexts();
  const heading = useId();
  const { cost, costNow, services, code, secrets, notes } = plan;
  const lines = [
    texts.carried(code.files, secrets.length),
    ...services.flatMap(({ name, dataBytes }) =>
      dataBytes === undefined ? [] : [texts.data(name, sizeText(dataBytes))],
    ),
    ...(cost ? [texts.cost(`${differenceText(cost.perHour)} · ${texts.machines(cost.added)}`)] : []),
    ...(costNow === undefined ? [] : [texts.costNow(priceText(costNow))]),
    ...notes,
  ];
  return (
    <section aria-labelledby={heading}>
      <Typography component="h3" variant="subtitle2" id={heading} sx={{ mb: 0.5 }}>
        {texts.plan}
      </Typography>
      <ul style={{ margin: 0, paddingInlineStart: '1.25em' }}>
        {lines.map((line) => (
          <Typography key={line} component="li" variant="body2" sx={{ mb: 0.5 }}>
            {line}
          </Typography>
        ))}
      </ul>
    </section>
  );
}
