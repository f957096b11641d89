/** Volumes with the data of nodes: whose, how large, where, how each is, on which machine, what it costs. Read only. */
import CheckCircle from '@mui/icons-material/CheckCircle';
import ErrorIcon from '@mui/icons-material/Error';
import PauseCircle from '@mui/icons-material/PauseCircleOutlineOutlined';
import Pending from '@mui/icons-material/Pending';
import Link from '@mui/material/Link';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { VolumeInfo } from '../../remote/core/contract/volumes.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { monthText, priceText } from '../components/money.ts';
import { type Sign, StateLook } from '../components/state-look.tsx';
import { hrefOf } from '../stores/route.ts';
import { useCloudTexts } from './texts.ts';

const signs: Readonly<Record<VolumeInfo['state'], Sign>> = {
  creating: { color: 'info', Icon: Pending },
  attached: { color: 'success', Icon: CheckCircle },
  // Its machine is off, or is just being replaced: the data is kept.
  available: { color: 'secondary', Icon: PauseCircle },
  destroying: { color: 'info', Icon: Pending },
  lost: { color: 'error', Icon: ErrorIcon },
};

export interface VolumeTableProps {
  readonly label: string;
  readonly volumes: readonly VolumeInfo[];
  /** Names of applications by id, in a list of one cloud; absent: all are of the application that is shown. */
  readonly names?: ReadonlyMap<string, string>;
}

export function VolumeTable({ label, volumes, names }: VolumeTableProps) {
  const texts = useCloudTexts().volumes;
  const { columns } = texts;
  const heads: readonly (string | Column)[] = [
    columns.node,
    ...(names ? [columns.application] : []),
    columns.state,
    columns.machine,
    ...(names ? [] : [columns.cloud]),
    { title: columns.size, align: 'right' },
    { title: columns.price, align: 'right' },
  ];
  return (
    <DataTable focusable label={label} columns={heads}>
      {volumes.map((volume) => {
        const { name, node, application, state, cause, cloud, sizeGb, pricePerHour } = volume;
        const known = names?.get(application);
        return (
          <TableRow key={name} sx={{ '&:last-child > *': { borderBottom: 0 } }}>
            <TableCell component="th" scope="row" title={name} sx={{ whiteSpace: 'nowrap' }}>
              {node}
            </TableCell>
            {names && (
              <TableCell>
                {known === undefined ? (
                  texts.noApplication
                ) : (
                  <Link href={hrefOf({ page: 'application', application })}>{known}</Link>
                )}
              </TableCell>
            )}
            <TableCell>
              <StateLook look={{ ...signs[state], word: texts.states[state] }} />
              {cause !== undefined && (
                <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                  {cause}
                </Typography>
              )}
            </TableCell>
            <TableCell>{volume.attachedTo ?? '–'}</TableCell>
            {!names && <TableCell>{cloud}</TableCell>}
            <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
              {texts.gigabytes(sizeGb)}
            </TableCell>
            <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
              {pricePerHour ? texts.perMonth(monthText(pricePerHour)) : priceText(pricePerHour)}
            </TableCell>
          </TableRow>
        );
      })}
    </DataTable>
  );
}
