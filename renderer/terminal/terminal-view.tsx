/** A terminal in the dock: the shell, and below it how it is and how to leave it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { closeDockTab, type TerminalTab } from '../stores/dock.ts';
import { TerminalQuestion } from './question.tsx';
import { isScreenReader, leaveKeys, sessionOf, setScreenReader, type TerminalStatus } from './session.ts';
import { type TerminalTexts, useTerminalTexts } from './texts.ts';

export function TerminalView({ tab }: { tab: TerminalTab }) {
  const texts = useTerminalTexts();
  const place = useRef<HTMLDivElement>(null);
  const leave = useRef<HTMLInputElement>(null);
  const [reading, setReading] = useState(isScreenReader());
  const session = sessionOf(tab);
  const status = useSyncExternalStore(
    (changed) => session.onStatus(changed),
    () => session.status,
  );
  useEffect(() => {
    if (place.current) return session.attach(place.current, () => leave.current?.focus());
    return undefined;
  }, [session]);
  const gone = status.failure?.code === 'not_found';
  return (
    <Box
      component="section"
      aria-label={texts.label(tab.node)}
      sx={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}
    >
      {status.failure && (
        <FailureNotice
          title={gone ? texts.gone : texts.ended}
          failure={status.failure}
          onRetry={gone ? undefined : () => void session.connect()}
          sx={{ m: 1 }}
        />
      )}
      <Box
        ref={place}
        sx={{
          flex: 1,
          minHeight: 0,
          pl: 1,
          pt: 0.5,
          '& .xterm': { height: '100%' },
          '& .xterm .xterm-viewport': { backgroundColor: 'transparent', overflow: 'hidden' },
        }}
      />
      <Box
        sx={{
          display: 'flex',
          alignItems: 'center',
          gap: 1.5,
          px: 1.5,
          borderTop: 1,
          borderColor: 'divider',
          minHeight: 32,
        }}
      >
        <Typography variant="caption" color="textSecondary" role="status">
          {textOf(status, tab.node, texts.status)}
        </Typography>
        {status.state === 'ended' && (
          <>
            <Button onClick={() => void session.connect()}>{texts.openAgain}</Button>
            <Button color="secondary" onClick={() => closeDockTab(tab.key)}>
              {texts.close}
            </Button>
          </>
        )}
        <Typography variant="caption" color="textSecondary" sx={{ ml: 'auto' }}>
          {texts.keys(leaveKeys)}
        </Typography>
        <FormControlLabel
          sx={{ mr: 0 }}
          label={<Typography variant="caption">{texts.readOut}</Typography>}
          control={
            <Switch
              size="small"
              checked={reading}
              slotProps={{ input: { ref: leave } }}
              onChange={(_event, on) => {
                setScreenReader(on);
                setReading(on);
              }}
            />
          }
        />
      </Box>
      {status.question && <TerminalQuestion question={status.question} onAnswer={(yes) => session.answer(yes)} />}
    </Box>
  );
}

function textOf(status: TerminalStatus, node: string, texts: TerminalTexts['status']): string {
  switch (status.state) {
    case 'connecting':
      return texts.connecting(node);
    case 'open':
      return texts.open(node, leaveKeys);
    case 'ended':
      return status.code === 0 ? texts.ended : texts.failed(status.code);
    case 'failed':
      return texts.notConnected;
  }
}
