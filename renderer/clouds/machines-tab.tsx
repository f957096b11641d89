/** Every machine of the deployment, as its clouds tell them; what belongs to nothing stands first. */
import Warning from '@mui/icons-material/Warning';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { Health } from '../../remote/core/contract/application.ts';
import type { Machine } from '../../remote/core/contract/clouds.ts';
import type { DirectorMethods } from '../../remote/core/contract/director.ts';
import type { ResultOf } from '../../remote/core/contract/method.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { priceText } from '../components/money.ts';
import { Nothing } from '../components/nothing.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { durationText } from '../components/time.ts';
import type { Loaded } from '../components/use-loaded.ts';
import { useNow } from '../components/use-now.ts';
import { hrefOf } from '../stores/route.ts';
import { machinesText } from './machines-text.ts';
import { useCloudTexts } from './texts.ts';

/** What the clouds tell; the first line of the page is made of it too. */
export type LoadedMachines = Loaded<ResultOf<DirectorMethods['list_machines']>>;

const healths: Readonly<Record<Machine['state'], Health>> = {
  creating: 'creating',
  running: 'running',
  stopped: 'stopped',
  failed: 'failed',
  gone: 'stopped',
};

export function MachinesTab({ machines: { value, failure, reload } }: { machines: LoadedMachines }) {
  const all = useCloudTexts();
  const texts = all.machines;
  const now = useNow(60_000);
  if (!value) {
    return failure ? (
      <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />
    ) : (
      <Skeleton variant="rounded" height={220} />
    );
  }
  const strays = value.machines.filter(({ belongs }) => belongs === 'nothing');
  const machines = [...strays, ...value.machines.filter(({ belongs }) => belongs !== 'nothing')];
  if (machines.length === 0 && value.failures.length === 0) {
    return <Nothing>{texts.empty}</Nothing>;
  }
  const columns: readonly (string | Column)[] = [
    ...texts.columns,
    { title: texts.age, align: 'right' },
    { title: texts.price, align: 'right' },
  ];
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      {value.failures.map(({ cloud, message }) => (
        <FailureNotice
          key={cloud}
          title={all.health.silent(cloud)}
          failure={{ code: 'cloud_failed', message }}
          onRetry={reload}
        />
      ))}
      <Typography variant="body2" color="textSecondary">
        {machinesText(value.machines, texts)}
      </Typography>
      <DataTable focusable label={all.tabs.machines} columns={columns}>
        {machines.map((machine) => (
          <TableRow key={`${machine.cloud} ${machine.id}`}>
            <TableCell component="th" scope="row">
              {machine.name}
            </TableCell>
            <TableCell>
              <Belonging machine={machine} />
            </TableCell>
            <TableCell>
              <StateLabel state={healths[machine.state]} cause={machine.cause} />
            </TableCell>
            <TableCell>{machine.address ?? ''}</TableCell>
            <TableCell>{[machine.cloud, machine.size].filter(Boolean).join(' · ')}</TableCell>
            <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
              {durationText(now - machine.createdAt)}
            </TableCell>
            <TableCell align="right">{priceText(machine.pricePerHour)}</TableCell>
          </TableRow>
        ))}
      </DataTable>
    </Box>
  );
}

function Belonging({ machine }: { machine: Machine }) {
  const texts = useCloudTexts().machines;
  const { belongs, application, applicationName } = machine;
  if (belongs === 'director') return <>{texts.director}</>;
  if (belongs === 'application' && application !== undefined) {
    return <Link href={hrefOf({ page: 'application', application })}>{applicationName ?? application}</Link>;
  }
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75 }}>
      <Warning aria-hidden sx={{ fontSize: 16, color: 'warning.main' }} />
      <Typography component="span" variant="body2" sx={{ color: 'warning.main', fontWeight: 600 }}>
        {texts.nothing}
      </Typography>
      {application !== undefined && (
        <Typography component="span" variant="body2" color="textSecondary">
          {texts.was(application)}
        </Typography>
      )}
    </Box>
  );
}
