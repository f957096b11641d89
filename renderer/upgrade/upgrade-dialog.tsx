/** What an upgrade of the director would change, and how it goes. The way back is in the settings, away from all this. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import { useId } from 'react';
import type { UpgradeFacts } from '../../main/hub/protocol.ts';
import { DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { useUpgradeTexts } from './texts.ts';

export interface UpgradeDialogProps {
  readonly facts: UpgradeFacts;
  readonly onBegun: () => void;
  readonly onClose: () => void;
}

export function UpgradeDialog({ facts, onBegun, onClose }: UpgradeDialogProps) {
  const texts = useUpgradeTexts().dialog;
  const titleId = useId();
  const { director, own, state, blocked, applications, operation } = facts;
  const work = useAction(async () => {
    await hub.call('upgrade_director', { back: false });
    onBegun();
  });
  const busy = work.busy || operation?.state === 'running';
  const members = applications.flatMap(({ name, members: all, hosts = [] }) => [
    ...all.map((one) => ({ name, ...one })),
    ...hosts.map((one) => ({ name, role: 'host' as const, ...one })),
  ]);
  const { application, process, machine, runs } = texts.columns;
  return (
    <Dialog open onClose={onClose} maxWidth="md" aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{texts.title}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <DialogContentText>
          {texts.runs(director.release ?? texts.unknown)} {own && texts.has(own.id)}
        </DialogContentText>
        <DialogContentText>
          {texts.intro} {texts.backPlace}
        </DialogContentText>
        {blocked !== undefined && (
          <Alert severity="warning" variant="outlined">
            {blocked}
          </Alert>
        )}
        {operation && <OperationSteps operation={operation} />}
        {members.length > 0 && (
          <DataTable label={texts.members} columns={[application, process, machine, runs]} focusable maxHeight={260}>
            {members.map((one) => (
              <TableRow key={`${one.vm} ${one.role}`}>
                <TableCell>{one.name}</TableCell>
                <TableCell>{texts.roles[one.role]}</TableCell>
                <TableCell>{one.address ?? one.vm}</TableCell>
                <TableCell>{one.release ?? texts.unknown}</TableCell>
              </TableRow>
            ))}
          </DataTable>
        )}
        {work.failure && <FailureNotice title={texts.refused} failure={work.failure} />}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          {texts.later}
        </Button>
        <Button
          variant="contained"
          disabled={busy || state !== 'available' || blocked !== undefined}
          onClick={() => work.run()}
        >
          {texts.upgrade}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
