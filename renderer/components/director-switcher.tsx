/** Which director the window shows, how each is, and a way to a further one. */
import Add from '@mui/icons-material/Add';
import Check from '@mui/icons-material/Check';
import CheckCircle from '@mui/icons-material/CheckCircle';
import ErrorIcon from '@mui/icons-material/Error';
import HelpIcon from '@mui/icons-material/HelpOutlineOutlined';
import Lock from '@mui/icons-material/LockOutlined';
import PauseCircle from '@mui/icons-material/PauseCircleOutlineOutlined';
import Pending from '@mui/icons-material/Pending';
import UnfoldMore from '@mui/icons-material/UnfoldMore';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Divider from '@mui/material/Divider';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListItemText from '@mui/material/ListItemText';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { DirectorEntry, SessionState } from '../../main/hub/protocol.ts';
import { useActions } from '../actions/use-actions.ts';
import { chooseDirector, useDirectors } from '../stores/directors.ts';
import { go } from '../stores/route.ts';
import { HiddenText } from './hidden-text.tsx';
import { Mark } from './mark.tsx';
import { type Sign, StateLook } from './state-look.tsx';
import { useFrameTexts } from './texts/frame.ts';

const signs: Readonly<Record<SessionState['state'], Sign>> = {
  absent: { color: 'secondary', Icon: HelpIcon },
  locked: { color: 'secondary', Icon: Lock },
  working: { color: 'info', Icon: Pending },
  failed: { color: 'error', Icon: ErrorIcon },
  stopped: { color: 'secondary', Icon: PauseCircle },
  connecting: { color: 'info', Icon: Pending },
  resuming: { color: 'info', Icon: Pending },
  connected: { color: 'success', Icon: CheckCircle },
  lost: { color: 'warning', Icon: HelpIcon },
};

export function DirectorSwitcher({ name, state }: { name: string; state: SessionState['state'] }) {
  const texts = useFrameTexts().directors;
  const { list, chosen } = useDirectors();
  const [anchor, setAnchor] = useState<HTMLElement>();
  // Not drawn before it is first asked for: it is in every first paint.
  const [opened, setOpened] = useState(false);
  const others = list.directors.filter(({ id }) => id !== chosen);
  const add = () => go({ page: 'welcome' });
  useActions([
    ...others.map((director) => ({
      id: `director.${director.id}`,
      title: texts.switchTo(director.name),
      menu: 'file' as const,
      run: () => chooseDirector(director.id),
    })),
    { id: 'director.add', title: texts.addAction, menu: 'file', run: add },
  ]);
  const close = () => setAnchor(undefined);
  return (
    <>
      <ButtonBase
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onClick={({ currentTarget }) => {
          setOpened(true);
          setAnchor(currentTarget);
        }}
        sx={{
          display: 'flex',
          gap: 1.25,
          mx: 1,
          mt: 1,
          mb: 1,
          px: 0.75,
          py: 0.75,
          borderRadius: 1,
          justifyContent: 'flex-start',
          textAlign: 'left',
          '&:hover': { bgcolor: 'action.hover' },
        }}
      >
        <Mark size={28} />
        <Box className="wide" sx={{ minWidth: 0, flex: 1 }}>
          <Typography noWrap sx={{ fontWeight: 650, lineHeight: 1.3 }}>
            <HiddenText>{texts.label} </HiddenText>
            {name}
          </Typography>
          <StateLook small look={{ ...signs[state], word: texts.states[state] }} />
        </Box>
        <UnfoldMore aria-hidden className="wide" sx={{ fontSize: 18, color: 'text.secondary' }} />
      </ButtonBase>
      {opened && (
        <Menu
          open={anchor !== undefined}
          {...(anchor ? { anchorEl: anchor } : {})}
          onClose={close}
          slotProps={{ list: { 'aria-label': texts.list }, paper: { sx: { minWidth: 240 } } }}
        >
          {list.directors.map((director) => (
            <Entry
              key={director.id}
              director={director}
              current={director.id === chosen}
              onChoose={() => {
                close();
                chooseDirector(director.id);
              }}
            />
          ))}
          <Divider />
          <MenuItem
            onClick={() => {
              close();
              add();
            }}
          >
            <ListItemIcon>
              <Add fontSize="small" />
            </ListItemIcon>
            <ListItemText primary={texts.add} />
          </MenuItem>
        </Menu>
      )}
    </>
  );
}

interface EntryProps {
  readonly director: DirectorEntry;
  readonly current: boolean;
  readonly onChoose: () => void;
}

function Entry({ director, current, onChoose, ...menuItem }: EntryProps) {
  const texts = useFrameTexts().directors;
  return (
    <MenuItem {...menuItem} selected={current} aria-current={current ? 'true' : undefined} onClick={onChoose}>
      <ListItemIcon>{current && <Check fontSize="small" />}</ListItemIcon>
      <ListItemText
        primary={director.name}
        secondary={
          <Box component="span" sx={{ display: 'flex', gap: 0.5 }}>
            {texts.clouds[director.cloud] ?? director.cloud} ·{' '}
            <StateLook small look={{ ...signs[director.state], word: texts.states[director.state] }} />
          </Box>
        }
      />
    </MenuItem>
  );
}
