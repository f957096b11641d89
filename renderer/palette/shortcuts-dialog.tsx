/** All keys that do something here, from the table of actions. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { allActions, useActionTable } from '../actions/action.ts';
import { shortcutText } from '../actions/shortcuts.ts';
import { Keys } from './keys.tsx';
import { usePaletteTexts } from './texts.ts';

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const texts = usePaletteTexts().keys;
  const actions = allActions(useActionTable()).filter(({ shortcut }) => shortcut !== undefined);
  return (
    <Dialog open onClose={onClose} aria-labelledby="keys-title">
      <DialogTitle id="keys-title">{texts.title}</DialogTitle>
      <DialogContent>
        <ShortcutList rows={actions.map(({ title, shortcut = '' }) => [title, shortcutText(shortcut)])} />
      </DialogContent>
      <DialogActions>
        <Button autoFocus onClick={onClose}>
          {texts.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function ShortcutList({ rows }: { rows: readonly (readonly [title: string, keys: string])[] }) {
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: '1fr auto', columnGap: 3, rowGap: 1 }}>
      {rows.map(([title, keys]) => (
        <Box key={title} sx={{ display: 'contents' }}>
          <dt>{title}</dt>
          <Box component="dd" sx={{ m: 0, textAlign: 'right' }}>
            <Keys text={keys} />
          </Box>
        </Box>
      ))}
    </Box>
  );
}
