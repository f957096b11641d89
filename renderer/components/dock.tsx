/** The dock at the foot of the window: logs that outlive navigation. */
import Close from '@mui/icons-material/Close';
import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { closeLog, toggleDock, useDock } from '../stores/dock.ts';
import { LogView } from './log-view.tsx';

export function Dock() {
  const { tabs, active, open } = useDock();
  const current = tabs.find(({ key }) => key === active);
  if (!open || !current) return null;
  return (
    <Box
      component="aside"
      aria-label="Logs"
      sx={{
        height: 'min(38vh, 340px)',
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
        {tabs.map(({ key, title }) => (
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
              aria-label={`Close the log of ${title}`}
              onClick={() => closeLog(key)}
              sx={{ mr: 0.5, p: 0.25 }}
            >
              <Close sx={{ fontSize: 14 }} />
            </IconButton>
          </Box>
        ))}
        <Tooltip describeChild title="Hide the logs (Ctrl J)">
          <IconButton aria-label="Hide the logs" onClick={toggleDock} sx={{ ml: 'auto', mr: 0.5, alignSelf: 'center' }}>
            <ExpandMore fontSize="small" />
          </IconButton>
        </Tooltip>
      </Box>
      <LogView key={current.key} tab={current} />
    </Box>
  );
}
