/** Hits of a search alone, with lines around them. */
import MenuItem from '@mui/material/MenuItem';
import ToggleButton from '@mui/material/ToggleButton';
import { useEffect, useRef, useState } from 'react';
import { useActions } from '../actions/use-actions.ts';
import { hub } from '../hub/client.ts';
import { DropDown } from './drop-down.tsx';
import { useLogTexts } from './texts.ts';
import type { LogViewState } from './use-log-view.ts';

/** Lines around each hit that can be chosen. */
const contexts = [0, 1, 3, 10, 50] as const;

interface HitsOnlyProps {
  readonly log: LogViewState;
  /** Whether something is searched for. */
  readonly searching: boolean;
  /** The number of the hit that is looked at. */
  readonly hit: number | undefined;
}

export function HitsOnly({ log, searching, hit }: HitsOnlyProps) {
  const texts = useLogTexts();
  const [on, setOn] = useState(false);
  const [context, setContext] = useState<number>(3);
  const { view, openings, screen, fail } = log;
  /** The view that was told of it last. */
  const told = useRef<string>(undefined);
  const toggle = () => setOn(!on);
  useActions(
    searching ? [{ id: 'log.hits', title: on ? texts.actions.allLines : texts.actions.hits, run: toggle }] : [],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: told anew when it is chosen anew, or the view is another one
  useEffect(() => {
    const id = view.current;
    const rows = screen.current;
    // A view that was opened just now shows all rows.
    if (id === undefined || !rows || (!on && told.current !== id)) return;
    told.current = id;
    const { anchor } = rows;
    const isThere = (): boolean => view.current === id;
    const place = async (): Promise<void> => {
      await hub.call('show_hits', { view: id, ...(on ? { context } : {}) });
      if (!isThere()) return;
      rows.reset();
      // What was looked at stays on the screen: the hit, or else the line that is shown next to where one was.
      const found = hit === undefined ? null : await hub.call('find_hit', { view: id, hit });
      const line = found?.line ?? anchor;
      if (!line) return;
      const row = found?.row ?? (await hub.call('lines', { view: id, first: 0, count: 0, anchor: line })).anchor;
      if (row !== undefined && isThere()) rows.show(row, line);
    };
    place().catch(fail);
  }, [on, context, openings]);

  return (
    <>
      <ToggleButton
        value="hits"
        size="small"
        selected={on && searching}
        disabled={!searching}
        onChange={toggle}
        sx={{ height: 28, px: 1, color: 'text.secondary', textTransform: 'none', whiteSpace: 'nowrap' }}
      >
        {texts.hitsOnly.label}
      </ToggleButton>
      {on && searching && (
        <DropDown label={texts.hitsOnly.short(context)} title={texts.hitsOnly.around}>
          {(close) =>
            contexts.map((lines) => (
              <MenuItem
                dense
                key={lines}
                role="menuitemradio"
                aria-checked={lines === context}
                selected={lines === context}
                onClick={() => {
                  setContext(lines);
                  close();
                }}
              >
                {texts.hitsOnly.choice(lines)}
              </MenuItem>
            ))
          }
        </DropDown>
      )}
    </>
  );
}
