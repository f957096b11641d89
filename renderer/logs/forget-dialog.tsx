/** Forgets the lines that the director keeps of a node that is gone, before their seven days are over. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { LogSourceInfo } from '../../main/hub/protocol.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { dayText } from '../components/time.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { useLogTexts } from './texts.ts';

export interface ForgetDialogProps {
  readonly application: string;
  /** Those that are gone. */
  readonly nodes: readonly LogSourceInfo[];
  readonly onForgotten: (node: string) => void;
  readonly onClose: () => void;
}

export function ForgetDialog({ application, nodes, onForgotten, onClose }: ForgetDialogProps) {
  const texts = useLogTexts().gone;
  const [chosen, setChosen] = useState<string>();
  if (chosen !== undefined) {
    return (
      <ConfirmByName
        title={texts.question(chosen)}
        text={texts.warning}
        name={chosen}
        action={texts.forget}
        onConfirm={async () => {
          await hub.director('forget_removed_logs', { application, node: chosen });
          say(texts.forgotten(chosen));
          onForgotten(chosen);
        }}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog open onClose={onClose} maxWidth="sm" aria-labelledby="forget-title">
      <DialogTitle id="forget-title">{texts.title}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 1 }}>
        <Typography variant="body2" sx={{ mb: 1 }}>
          {texts.text}
        </Typography>
        {nodes.map(({ node, until }) => (
          <Box key={node} sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
            <Typography sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>{node}</Typography>
            <Typography variant="body2" color="textSecondary">
              {until !== undefined && texts.until(dayText(until))}
            </Typography>
            <Button aria-label={texts.forgetOf(node)} onClick={() => setChosen(node)}>
              {texts.forgetMore}
            </Button>
          </Box>
        ))}
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          {texts.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
