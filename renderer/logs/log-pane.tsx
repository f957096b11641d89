/** Logs of an application: any mixture of nodes, merged by time, followed, searched, copied, saved. Dock and tabs show it. */
import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import ToggleButton from '@mui/material/ToggleButton';
import Typography from '@mui/material/Typography';
import { useId, useRef, useState } from 'react';
import type { LogRow } from '../../main/hub/protocol.ts';
import { useActions } from '../actions/use-actions.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { durationText, sizeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { CapDialog } from './cap-dialog.tsx';
import { LevelsMenu, LogsMenu, NodesMenu } from './choice-menus.tsx';
import { ForgetDialog } from './forget-dialog.tsx';
import { LogScrollbar } from './log-bar.tsx';
import { LogSearch } from './log-search.tsx';
import { rowsStyle } from './rows-style.ts';
import { type LogTexts, useLogTexts } from './texts.ts';
import { TimeMenu } from './time-menu.tsx';
import { type LogChoice, type LogStatus, useLogView } from './use-log-view.ts';
import { WholeLine } from './whole-line.tsx';

/** Lines that Copy takes at most where none are chosen. */
const copiedLines = 10_000;
const sourcesEveryMs = 5_000;

export interface LogPaneProps {
  readonly application: string;
  readonly title: string;
  readonly service?: string | undefined;
  readonly node?: string | undefined;
}

export function LogPane({ application, title, service, node }: LogPaneProps) {
  const [choice, setChoice] = useState<LogChoice>({
    ...(service === undefined ? {} : { services: [service] }),
    ...(node === undefined ? {} : { nodes: [node] }),
  });
  const texts = useLogTexts();
  const [wrap, setWrap] = useState(false);
  const [menu, setMenu] = useState<HTMLElement>();
  const [busy, setBusy] = useState<string>();
  const [whole, setWhole] = useState<{ readonly row: LogRow; readonly text: string }>();
  const [asking, setAsking] = useState<'cap' | 'forget'>();
  const viewport = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const rows = useId();
  const sources = useLoaded(() => hub.call('list_logs', { application }), [application], sourcesEveryMs);
  const log = useLogView(application, choice, viewport, bar, {
    showWhole: (row) => {
      if (log.view.current === undefined) return;
      const { node: of, log: name, seq } = row;
      hub
        .call('whole_line', { view: log.view.current, node: of, log: name, seq })
        .then(({ text }) => setWhole({ row, text }), log.fail);
    },
    copy: () => copy(),
  });
  const { view, screen, status, following, failure, fail, retry } = log;
  const living = (sources.value ?? []).filter(({ until }) => until === undefined);
  const gone = (sources.value ?? []).filter(({ until }) => until !== undefined);

  const toggleFollow = () => screen.current?.setFollowing(!following);
  const toggleWrap = () => {
    screen.current?.setWrap(!wrap);
    setWrap(!wrap);
  };
  /** With the menu closed, and with what it does said while it goes on. */
  const working = (what: string, work: (view: string) => Promise<unknown>) => () => {
    setMenu(undefined);
    if (view.current === undefined) return;
    setBusy(what);
    work(view.current)
      .catch(fail)
      .finally(() => setBusy(undefined));
  };
  const copy = working(texts.copying, async (id) => {
    const chosen = screen.current?.selection;
    const count = Math.min(status?.count ?? 0, copiedLines);
    if (count === 0) return;
    const range = chosen
      ? { first: chosen.first, count: Math.min(chosen.count, 20_000) }
      : { first: (status?.count ?? 0) - count, count };
    const { text, lines } = await hub.call('copy_lines', { view: id, ...range });
    await desktop.copyText(text);
    say(texts.copied(lines));
  });
  const save = working(texts.saving, async (id) => {
    const [target] = await desktop.chooseTarget(`${title}.log`);
    if (!target) return;
    const { lines } = await hub.call('save_log', { view: id, ticket: target.ticket });
    say(texts.saved(lines, target.name));
  });
  const older = working(texts.reading, (id) => hub.call('load_older', { view: id }));

  const command = `conpaas logs ${application}${service === undefined ? '' : ` ${service}`}${node === undefined ? '' : ` --node ${node}`} --follow`;
  useActions([
    {
      id: 'log.follow',
      title: following ? texts.actions.pause : texts.actions.follow,
      shortcut: 'F',
      command,
      run: toggleFollow,
    },
    { id: 'log.search', title: texts.actions.search, shortcut: '/', run: () => field.current?.focus() },
    { id: 'log.wrap', title: wrap ? texts.actions.noWrap : texts.actions.wrap, run: toggleWrap },
    { id: 'log.copy', title: texts.actions.copy, run: copy },
    { id: 'log.save', title: texts.actions.save, run: save },
  ]);

  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', minHeight: 0, minWidth: 0, flex: 1, position: 'relative' }}>
      <Box
        role="toolbar"
        aria-label={texts.toolbar(title)}
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          alignItems: 'center',
          gap: 0.5,
          px: 1,
          py: 0.5,
          borderBottom: 1,
          borderColor: 'divider',
        }}
      >
        <NodesMenu sources={sources.value ?? []} choice={choice} onChoice={setChoice} fixed={service !== undefined} />
        <LogsMenu sources={sources.value ?? []} choice={choice} onChoice={setChoice} />
        <LevelsMenu choice={choice} onChoice={setChoice} />
        <TimeMenu choice={choice} onChoice={setChoice} />
        <LogSearch log={log} field={field} onSearch={() => undefined} />
        <ToggleButton
          value="follow"
          size="small"
          selected={following}
          onChange={toggleFollow}
          title={texts.followHint}
          sx={{ height: 28, px: 1, color: 'text.secondary', textTransform: 'none' }}
        >
          {texts.follow}
        </ToggleButton>
        <ToggleButton
          value="wrap"
          size="small"
          selected={wrap}
          onChange={toggleWrap}
          sx={{ height: 28, px: 1, color: 'text.secondary', textTransform: 'none' }}
        >
          {texts.wrap}
        </ToggleButton>
        <IconButton
          aria-label={texts.more}
          aria-haspopup="menu"
          aria-expanded={menu !== undefined}
          onClick={({ currentTarget }) => setMenu(currentTarget)}
        >
          <MoreHoriz fontSize="small" />
        </IconButton>
        <Menu
          open={menu !== undefined}
          {...(menu ? { anchorEl: menu } : {})}
          onClose={() => setMenu(undefined)}
          disablePortal
        >
          <MenuItem dense onClick={copy}>
            {screen.current?.selection ? texts.copyChosen : texts.copyLast}
          </MenuItem>
          <MenuItem dense onClick={save}>
            {texts.save}
          </MenuItem>
          <MenuItem dense disabled={!status?.older} onClick={older}>
            {texts.older}
          </MenuItem>
          <MenuItem
            dense
            onClick={() => {
              setMenu(undefined);
              setAsking('cap');
            }}
          >
            {texts.space}
          </MenuItem>
          {gone.length > 0 && (
            <MenuItem
              dense
              onClick={() => {
                setMenu(undefined);
                setAsking('forget');
              }}
            >
              {texts.forget}
            </MenuItem>
          )}
        </Menu>
      </Box>
      {busy && <LinearProgress aria-label={busy} sx={{ position: 'absolute', top: 0, left: 0, right: 0, height: 2 }} />}
      {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={retry} sx={{ m: 1 }} />}
      <Box sx={{ display: 'flex', flex: 1, minHeight: 0, position: 'relative' }}>
        {status?.count === 0 && !status.reading && !failure && (
          <Typography variant="body2" color="textSecondary" sx={{ position: 'absolute', px: 2, py: 1.5 }}>
            {isChosen(choice, service, node) || status.search ? texts.noneChosen : texts.none}
          </Typography>
        )}
        <Box
          ref={viewport}
          id={rows}
          role="log"
          aria-live="off"
          aria-label={texts.rows(title)}
          tabIndex={0}
          sx={rowsStyle}
        />
        <LogScrollbar view={view} bar={bar} status={status} rows={rows} />
      </Box>
      <Box
        sx={{
          display: 'flex',
          alignItems: 'center',
          gap: 2,
          px: 1.5,
          borderTop: 1,
          borderColor: 'divider',
          minHeight: 28,
        }}
      >
        <Typography variant="caption" color="textSecondary" sx={{ fontVariantNumeric: 'tabular-nums' }}>
          {status ? statusText(status, texts) : texts.waiting}
        </Typography>
        {(busy || status?.reading) && (
          <Typography variant="caption" role="status">
            {busy ?? texts.reading}…
          </Typography>
        )}
        {status?.older && !busy && !status.reading && (
          <Button size="small" onClick={older} sx={{ ml: 'auto', py: 0 }}>
            {texts.olderShort}
          </Button>
        )}
      </Box>
      {whole && <WholeLine {...whole} onClose={() => setWhole(undefined)} />}
      {asking === 'cap' && status && (
        <CapDialog capBytes={status.spool.capBytes} onClose={() => setAsking(undefined)} />
      )}
      {asking === 'forget' && (
        <ForgetDialog
          application={application}
          nodes={gone}
          onForgotten={(node) => {
            const nodes = choice.nodes?.filter((one) => one !== node) ?? [];
            const { nodes: _nodes, ...rest } = choice;
            const isAll = nodes.length === 0 || living.every((one) => nodes.includes(one.node));
            setChoice(isAll ? rest : { ...rest, nodes });
            sources.reload();
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Box>
  );
}

/** Whether the user has chosen among the lines that this pane is about. */
function isChosen({ services, nodes, ...rest }: LogChoice, service?: string, node?: string): boolean {
  const byPlace = (service === undefined && services !== undefined) || (node === undefined && nodes !== undefined);
  return byPlace || Object.values(rest).some((value) => value !== undefined);
}

function statusText({ count, rate, lag, spool }: LogStatus, texts: LogTexts): string {
  return texts.status(count, rate, durationText(lag), sizeText(spool.bytes), sizeText(spool.capBytes));
}
