/** The search field of a log: text or expression, how many hits, the next and the one before. */
import KeyboardArrowDown from '@mui/icons-material/KeyboardArrowDown';
import KeyboardArrowUp from '@mui/icons-material/KeyboardArrowUp';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import InputBase from '@mui/material/InputBase';
import ToggleButton from '@mui/material/ToggleButton';
import Typography from '@mui/material/Typography';
import { type RefObject, useEffect, useState } from 'react';
import { hub } from '../hub/client.ts';
import { HitsOnly } from './hits-only.tsx';
import { type LogTexts, useLogTexts } from './texts.ts';
import type { LogStatus, LogViewState } from './use-log-view.ts';

/** While somebody types nothing is searched for, ms. */
const typingMs = 250;

interface LogSearchProps {
  readonly log: LogViewState;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onSearch: (active: boolean) => void;
}

export function LogSearch({ log, field, onSearch }: LogSearchProps) {
  const [text, setText] = useState('');
  const [regex, setRegex] = useState(false);
  const [caseSensitive, setCaseSensitive] = useState(false);
  const [hit, setHit] = useState<number>();
  const [refused, setRefused] = useState<string>();
  const { view, openings, screen, fail, status } = log;
  const texts = useLogTexts().search;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the view is opened anew under the same reference
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setHit(undefined);
      setRefused(undefined);
      onSearch(text !== '');
      screen.current?.setMark(text !== '' && !regex ? { text, caseSensitive } : undefined);
      if (view.current === undefined) return;
      const query = text === '' ? {} : { query: { text, regex, caseSensitive } };
      hub.call('search_log', { view: view.current, ...query }).then(
        // The rows that are shown carry the marks of an expression: they are asked for anew.
        () => screen.current?.chosen(),
        (thrown: unknown) => {
          if (thrown instanceof Error && text !== '') setRefused(thrown.message);
          else fail(thrown);
        },
      );
    }, typingMs);
    return () => window.clearTimeout(timer);
  }, [text, regex, caseSensitive, openings]);

  const step = (direction: 'next' | 'previous'): void => {
    if (view.current === undefined || !screen.current || !status?.search?.count) return;
    const wanted =
      hit === undefined
        ? { from: { row: screen.current.position, direction } }
        : { hit: (hit + (direction === 'next' ? 1 : -1) + status.search.count) % status.search.count };
    hub.call('find_hit', { view: view.current, ...wanted }).then((found) => {
      if (!found) return;
      setHit(found.hit);
      screen.current?.show(found.row, found.line);
    }, fail);
  };

  const failure = refused ?? status?.search?.failure?.message;
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, flex: '1 1 380px', minWidth: 300 }}>
      <Box
        sx={{
          display: 'flex',
          alignItems: 'center',
          flex: 1,
          minWidth: 150,
          border: 1,
          borderColor: failure ? 'error.main' : 'divider',
          borderRadius: 1,
          bgcolor: 'background.default',
          pl: 1,
          height: 28,
          '&:focus-within': { borderColor: 'primary.main' },
        }}
      >
        <InputBase
          inputRef={field}
          value={text}
          placeholder={texts.placeholder}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? 'previous' : 'next');
            else if (event.key === 'Escape' && text !== '') setText('');
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
          inputProps={{ 'aria-label': texts.label, 'aria-invalid': failure !== undefined, spellCheck: false }}
          sx={{ flex: 1, fontSize: 13 }}
        />
        <ToggleButton
          value="case"
          size="small"
          selected={caseSensitive}
          aria-label={texts.matchCase}
          title={texts.matchCase}
          onChange={() => setCaseSensitive(!caseSensitive)}
          sx={{ border: 0, px: 0.75, py: 0, height: 24, color: 'text.secondary', textTransform: 'none' }}
        >
          {texts.caseSign}
        </ToggleButton>
        <ToggleButton
          value="regex"
          size="small"
          selected={regex}
          aria-label={texts.regex}
          title={texts.regex}
          onChange={() => setRegex(!regex)}
          sx={{
            border: 0,
            px: 0.75,
            py: 0,
            height: 24,
            color: 'text.secondary',
            fontFamily: 'monospace',
            textTransform: 'none',
          }}
        >
          .*
        </ToggleButton>
      </Box>
      <Typography
        variant="caption"
        role="status"
        aria-label={texts.result}
        color={failure ? 'error' : 'textSecondary'}
        noWrap
        title={failure}
        sx={{ minWidth: 48, maxWidth: failure ? 320 : 140, textAlign: 'center', fontVariantNumeric: 'tabular-nums' }}
      >
        {failure ?? (text === '' ? '' : resultText(status, hit, texts))}
      </Typography>
      <IconButton aria-label={texts.previous} disabled={!status?.search?.count} onClick={() => step('previous')}>
        <KeyboardArrowUp fontSize="small" />
      </IconButton>
      <IconButton aria-label={texts.next} disabled={!status?.search?.count} onClick={() => step('next')}>
        <KeyboardArrowDown fontSize="small" />
      </IconButton>
      <HitsOnly log={log} searching={text !== ''} hit={hit} />
    </Box>
  );
}

function resultText(status: LogStatus | undefined, hit: number | undefined, texts: LogTexts['search']): string {
  const search = status?.search;
  if (!search) return texts.searching;
  const hits = texts.hits(search.count);
  if (search.busy) return texts.soFar(hits);
  // More are counted than are kept: only those that are can be stepped through and shown alone.
  if (search.count > search.kept) return texts.shown(hits, search.kept);
  return hit === undefined ? hits : texts.place(hit + 1, search.count);
}
