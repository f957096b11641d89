/** The dock at the foot of the window: logs, terminals and operations that outlive navigation. */
import Close from '@mui/icons-material/Close';
import CloseFullscreen from '@mui/icons-material/CloseFullscreen';
import ExpandMore from '@mui/icons-material/ExpandMore';
import OpenInFull from '@mui/icons-material/OpenInFull';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import type { ComponentType } from 'react';
import { Contained } from '../components/contained.tsx';
import { later } from '../components/later.tsx';
import { closeDockTab, type DockTab, toggleDock, toggleDockSize, useDock } from '../stores/dock.ts';
import { dockKinds } from './kinds.ts';
import { useDockTexts } from './texts.ts';

/** One component a kind, for the life of the window. */
const contents: ReadonlyMap<string, ComponentType<{ readonly tab: DockTab }>> = new Map(
  Object.entries(dockKinds).map(([kind, load]) => [
    kind,
    later(async () => (await load()) as ComponentType<{ readonly tab: DockTab }>, Empty),
  ]),
);

export function Dock() {
  const texts = useDockTexts();
  const { tabs, active, open, maximised } = useDock();
  const current = tabs.find(({ key }) => key === active);
  const Content = current && contents.get(current.kind);
  if (!open || !current || !Content) return null;
  return (
    <Box
      component="aside"
      aria-label={texts.label}
      sx={{
        height: maximised ? '100%' : 'min(38vh, 340px)',
        flexShrink: 0,
        display: 'flex',
        flexDirection: 'column',
        borderTop: 1,
        borderColor: 'divider',
        bgcolor: 'background.paper',
      }}
    >
      <Box
        sx={{
          display: 'flex',
          alignItems: 'stretch',
          bgcolor: 'sunken',
          borderBottom: 1,
          borderColor: 'divider',
          minHeight: 34,
        }}
      >
        {tabs.map(({ key, title, kind }) => (
          <Box
            key={key}
            sx={{
              display: 'flex',
              alignItems: 'center',
              borderRight: 1,
              borderColor: 'divider',
              bgcolor: key === active ? 'background.paper' : 'transparent',
            }}
          >
            <ButtonBase
              aria-pressed={key === active}
              onClick={() => useDock.setState({ active: key })}
              sx={{
                px: 1.5,
                height: '100%',
                fontFamily: 'inherit',
                fontSize: '0.8125rem',
                fontWeight: key === active ? 600 : 400,
              }}
            >
              {title}
            </ButtonBase>
            <IconButton
              aria-label={texts.closeTab[kind](title)}
              onClick={() => closeDockTab(key)}
              sx={{ mr: 0.5, p: 0.25 }}
            >
              <Close sx={{ fontSize: 14 }} />
            </IconButton>
          </Box>
        ))}
        <IconButton
          aria-label={maximised ? texts.smaller : texts.larger}
          onClick={toggleDockSize}
          sx={{ ml: 'auto', alignSelf: 'center' }}
        >
          {maximised ? <CloseFullscreen sx={{ fontSize: 16 }} /> : <OpenInFull sx={{ fontSize: 16 }} />}
        </IconButton>
        <Tooltip describeChild title={texts.hideHint}>
          <IconButton aria-label={texts.hide} onClick={toggleDock} sx={{ mr: 0.5, alignSelf: 'center' }}>
            <ExpandMore fontSize="small" />
          </IconButton>
        </Tooltip>
      </Box>
      <Contained key={current.key} what={texts.contents[current.kind](current.title)}>
        <Content tab={current} />
      </Contained>
    </Box>
  );
}

function Empty() {
  return <Box sx={{ flex: 1 }} />;
}
