/** What can be done about the director as a whole: upgrade it, go back from an upgrade, destroy it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { UpgradeDialog } from '../upgrade/upgrade-dialog.tsx';
import { useVersions } from '../upgrade/use-versions.ts';
import { DestroyDialog } from './destroy-dialog.tsx';
import { GoBackDialog } from './go-back-dialog.tsx';
import { useDirectorTexts } from './texts.ts';

export function DirectorSection({ name }: { readonly name: string }) {
  const texts = useDirectorTexts();
  const { value, failure, reload, begun } = useVersions();
  const [open, setOpen] = useState<'upgrade' | 'back' | 'end'>();
  const close = () => setOpen(undefined);
  const guest = value?.mayUpgrade === false;
  const operation = value?.operation;
  const underWay = operation?.state === 'running';
  const release = value?.director.release;
  return (
    <Paper sx={{ mt: 1.5, '& > :not(:last-child)': { borderBottom: 1, borderColor: 'divider' } }}>
      <Row
        title={texts.version.title}
        text={
          value ? (release === undefined ? texts.version.unknown : texts.version.text(release)) : texts.version.asking
        }
        buttons={
          !guest && (
            <>
              <Button variant="outlined" disabled={!value} onClick={() => setOpen('upgrade')}>
                {texts.version.show}
              </Button>
              <Button color="secondary" disabled={!value || underWay} onClick={() => setOpen('back')}>
                {texts.version.back}
              </Button>
            </>
          )
        }
      >
        {failure && !value && <FailureNotice title={texts.version.failed} failure={failure} onRetry={reload} />}
        {operation && operation.state !== 'done' && <OperationSteps operation={operation} />}
      </Row>
      <Row
        title={texts.end.title}
        text={guest ? texts.end.guestText : texts.end.text}
        buttons={
          <Button color="error" variant="outlined" onClick={() => setOpen('end')}>
            {guest ? texts.end.guestOpen : texts.end.open}
          </Button>
        }
      />
      {open === 'upgrade' && value && <UpgradeDialog facts={value} onBegun={begun} onClose={close} />}
      {open === 'back' && (
        <GoBackDialog
          onBegun={() => {
            begun();
            close();
          }}
          onClose={close}
        />
      )}
      {open === 'end' && <DestroyDialog name={name} guest={guest} onClose={close} />}
    </Paper>
  );
}

interface RowProps {
  readonly title: string;
  readonly text: string;
  readonly buttons: ReactNode;
  readonly children?: ReactNode;
}

function Row({ title, text, buttons, children }: RowProps) {
  return (
    <Box sx={{ px: 2, py: 1.5, display: 'flex', flexDirection: 'column', gap: 1 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 2 }}>
        <Box sx={{ flex: '1 1 260px', minWidth: 0 }}>
          <Typography component="h3" variant="h3">
            {title}
          </Typography>
          <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {text}
          </Typography>
        </Box>
        <Box sx={{ display: 'flex', gap: 1 }}>{buttons}</Box>
      </Box>
      {children}
    </Box>
  );
}
