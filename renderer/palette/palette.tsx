/** The palette: one field that finds and does whatever can be done here. A combobox with a list, for screen readers. */
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import InputBase from '@mui/material/InputBase';
import Typography from '@mui/material/Typography';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useActionTable } from '../actions/action.ts';
import { useOverlays } from '../actions/overlays.ts';
import { shortcutText } from '../actions/shortcuts.ts';
import { Worded } from '../components/worded.tsx';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { actionEntries, type Entry, placeEntries } from './entries.ts';
import { search } from './fuzzy.ts';
import { Keys } from './keys.tsx';
import { useNodeEntries } from './nodes.ts';
import { paletteTexts, usePaletteTexts } from './texts.ts';

/** Entries shown at once. */
const most = 50;

export function Palette({ onClose }: { onClose: () => void }) {
  const texts = usePaletteTexts();
  const [sought, setSought] = useState(() => useOverlays.getState().typed);
  // By its key, so that what comes meanwhile does not move what is chosen.
  const [chosen, setChosen] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  // Objects are as they were when it opened. An action that a page puts in the table only now (it was still being read)
  // is there at once.
  const actions = useActionTable();
  const first = useMemo(() => actionEntries(actions), [actions]);
  const { objects, pages } = useMemo(placeEntries, []);
  const nodes = useNodeEntries(sought);
  const entries = useMemo(() => [...first, ...objects, ...nodes, ...pages], [first, objects, nodes, pages]);
  const deferred = useDeferredValue(sought);
  const found = useMemo(() => findIn(entries, deferred), [entries, deferred]);
  const at = Math.max(
    0,
    found.findIndex(({ key }) => key === chosen),
  );
  const current = found[at];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  const run = (entry: Entry) => {
    if (entry.disabled) return;
    onClose();
    entry.run();
  };
  const copy = async (command: string) => {
    await desktop.copyText(command);
    say(texts.copied(command));
    onClose();
  };
  /** What is meant by a key: the list on the screen may still be that of an earlier letter. */
  const meant = () => (deferred === sought ? current : findIn(entries, sought)[0]);
  const pressed = (event: KeyboardEvent) => {
    const last = found.length - 1;
    const to = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key];
    if (to !== undefined) setChosen(found[to]?.key);
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      const entry = meant();
      if (!entry) return;
      run(entry);
    } else if (event.key.toLowerCase() === 'c' && event.altKey) {
      const command = meant()?.command;
      if (command === undefined) return;
      void copy(command);
    } else return;
    event.preventDefault();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      maxWidth="sm"
      slotProps={{
        container: { sx: { alignItems: 'flex-start' } },
        paper: { 'aria-label': texts.label, sx: { mt: '10vh', maxHeight: '70vh' } },
      }}
    >
      <InputBase
        autoFocus
        fullWidth
        placeholder={texts.placeholder}
        value={sought}
        onChange={({ target }) => {
          setSought(target.value);
          setChosen(undefined);
        }}
        onKeyDown={pressed}
        slotProps={{
          input: {
            role: 'combobox',
            'aria-label': texts.label,
            'aria-expanded': true,
            'aria-controls': 'palette-list',
            'aria-autocomplete': 'list',
            ...(current ? { 'aria-activedescendant': idOf(current) } : {}),
          },
        }}
        sx={{ px: 2, py: 1.25, fontSize: '1rem', borderBottom: 1, borderColor: 'divider' }}
      />
      <Box
        ref={list}
        id="palette-list"
        role="listbox"
        aria-label={texts.found}
        tabIndex={-1}
        sx={{ overflow: 'auto', p: 1 }}
      >
        {found.map((entry) => (
          <Option key={entry.key} entry={entry} selected={entry === current} onRun={() => run(entry)} />
        ))}
      </Box>
      <Box
        role="status"
        sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider', minHeight: 36, display: 'flex', gap: 1 }}
      >
        {found.length === 0 && (
          <Typography variant="body2" color="textSecondary">
            {texts.nothing(sought)}
          </Typography>
        )}
        {current?.command && (
          <Typography variant="body2" color="textSecondary" noWrap>
            <Worded
              text={texts.copies}
              values={[<Keys key="keys" text={shortcutText('Alt+C')} />, <code key="command">{current.command}</code>]}
            />
          </Typography>
        )}
      </Box>
    </Dialog>
  );
}

function findIn(entries: readonly Entry[], sought: string): readonly Entry[] {
  return search(entries, sought, ({ title, kind }) => `${title} ${paletteTexts().kinds[kind]}`, most);
}

function idOf({ key }: Entry): string {
  return `palette-${key.replaceAll(/[^\w-]/g, '_')}`;
}

function Option({ entry, selected, onRun }: { entry: Entry; selected: boolean; onRun: () => void }) {
  const { kind, title, about, shortcut, disabled } = entry;
  return (
    <Box
      id={idOf(entry)}
      role="option"
      aria-selected={selected}
      aria-disabled={disabled ?? false}
      onClick={onRun}
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: 1.5,
        px: 1.5,
        minHeight: 32,
        borderRadius: 1,
        cursor: 'default',
        color: disabled ? 'text.secondary' : 'text.primary',
        bgcolor: selected ? 'action.selected' : 'transparent',
        outline: selected ? '1px solid' : 'none',
        outlineColor: 'primary.main',
        '&:hover': { bgcolor: 'action.hover' },
      }}
    >
      <Typography component="span" variant="caption" color="textSecondary" sx={{ width: 76, flexShrink: 0 }}>
        {usePaletteTexts().kinds[kind]}
      </Typography>
      <Typography component="span" variant="body2" noWrap sx={{ flex: 1 }}>
        {title}
        {about && (
          <Typography component="span" variant="body2" color="textSecondary">
            {' '}
            · {about}
          </Typography>
        )}
      </Typography>
      {shortcut && <Keys text={shortcutText(shortcut)} />}
    </Box>
  );
}
