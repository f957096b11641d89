/** Saves all that the filter lets through, every page of it, as the user chooses: CSV or JSON lines. */
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import { useAction } from '../components/use-action.ts';
import { failureOf, hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { useActivityTexts } from './texts.ts';

export interface ExportButtonProps {
  readonly list: 'audit' | 'events';
  readonly filter: Readonly<Record<string, string | number>>;
}

export function ExportButton({ list, filter }: ExportButtonProps) {
  const texts = useActivityTexts().export;
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const save = useAction(async (format: 'csv' | 'jsonl') => {
    const [target] = await desktop.chooseTarget(`${list}.${format}`);
    if (!target) return;
    try {
      const { rows } = await hub.call('export_activity', {
        ticket: target.ticket,
        what: list,
        format,
        filter: { ...filter },
      });
      say(texts.saved(rows, target.name));
    } catch (thrown) {
      say(failureOf(thrown).message, { level: 'warning' });
    }
  });
  const choose = (format: 'csv' | 'jsonl') => {
    setAnchor(null);
    save.run(format);
  };
  return (
    <>
      <Button
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        disabled={save.busy}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        {save.busy ? texts.busy : texts.action}
      </Button>
      <Menu disablePortal anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={() => choose('csv')}>{texts.csv}</MenuItem>
        <MenuItem onClick={() => choose('jsonl')}>{texts.lines}</MenuItem>
      </Menu>
    </>
  );
}
