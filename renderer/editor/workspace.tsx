/** A manifest being edited: its text with what is wrong in it, and beside it the form, the picture or the plan. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Tooltip from '@mui/material/Tooltip';
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { shortcutText } from '../actions/shortcuts.ts';
import { useActions } from '../actions/use-actions.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useAction } from '../components/use-action.ts';
import { useFillHeight } from '../components/use-fill-height.ts';
import { HubError, hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { ManifestForm } from './form/manifest-form.tsx';
import { DraftNotices } from './notices.tsx';
import { Picture } from './picture.tsx';
import { PlanPane } from './plan-pane.tsx';
import { ProblemsList } from './problems-list.tsx';
import type { EditingSession } from './session.ts';
import { editorTexts, useEditorTexts } from './texts.ts';
import { useApplying } from './use-applying.ts';
import { useHome } from './use-home.ts';
import { useSourceWatch } from './use-source-watch.ts';

type Beside = 'form' | 'picture' | 'plan';

export interface WorkspaceProps {
  readonly session: EditingSession;
  /** At the right end of its bar. */
  readonly children?: ReactNode;
}

export function Workspace({ session, children }: WorkspaceProps) {
  const texts = useEditorTexts();
  const snapshot = useSyncExternalStore(session.subscribe, session.snapshot);
  const [beside, setBeside] = useState<Beside | null>('form');
  const applying = useApplying(session);
  const save = useAction(async (options: { as?: boolean; overwrite?: boolean } = {}) => saveText(session, options));
  useSourceWatch(session);
  const { elsewhere } = useHome(session);
  const { ref, height } = useFillHeight(420);

  const planOrApply = (): void => {
    const isShown = beside === 'plan' && applying.planned?.text === session.snapshot().text;
    setBeside('plan');
    if (isShown) applying.apply();
    else applying.makePlan();
  };
  const on = applying.cloud === undefined ? '' : ` --cloud ${applying.cloud}`;
  const command = `conpaas apply ${quoted(fileNameOf(snapshot.facts.name))}${on}`;
  const isPlanned = applying.planned?.text === snapshot.text;
  useActions([
    { id: 'editor.save', title: texts.actions.save, shortcut: 'Mod+S', run: () => save.run() },
    { id: 'editor.save-as', title: texts.actions.saveAs, run: () => save.run({ as: true }) },
    {
      id: 'editor.apply',
      title: isPlanned ? texts.actions.apply : texts.actions.plan,
      shortcut: 'Mod+Enter',
      command,
      disabled: applying.busy !== undefined || elsewhere,
      run: planOrApply,
    },
    { id: 'editor.format', title: texts.actions.format, shortcut: 'Shift+Alt+F', run: () => session.format() },
    { id: 'editor.copy-command', title: texts.actions.copyAs(command), run: () => copyCommand(command) },
  ]);

  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1 }}>
        <ToggleButtonGroup
          exclusive
          size="small"
          aria-label={texts.bar.beside}
          value={beside}
          onChange={(_event, chosen: Beside | null) => setBeside(chosen)}
          sx={{
            '& .MuiToggleButton-root': { color: 'text.secondary', py: 0.5 },
            '& .Mui-selected': { color: 'text.primary' },
          }}
        >
          <ToggleButton value="form">{texts.bar.form}</ToggleButton>
          <ToggleButton value="picture">{texts.bar.picture}</ToggleButton>
          <ToggleButton value="plan">{texts.bar.plan}</ToggleButton>
        </ToggleButtonGroup>
        <Button color="secondary" onClick={() => session.format()}>
          {texts.bar.format}
        </Button>
        <Tooltip describeChild title={shortcutText('Mod+S')}>
          <Button color="secondary" onClick={() => save.run()} disabled={save.busy}>
            {snapshot.facts.origin.from === 'file' ? texts.bar.save : texts.bar.saveToFile}
          </Button>
        </Tooltip>
        <Tooltip describeChild title={command}>
          <Button color="secondary" onClick={() => void copyCommand(command)}>
            {texts.bar.copyCommand}
          </Button>
        </Tooltip>
        <Box sx={{ ml: 'auto', display: 'flex', gap: 1, alignItems: 'center' }}>
          {children}
          <Tooltip describeChild title={texts.bar.planHint(shortcutText('Mod+Enter'))}>
            <Button variant="contained" disabled={applying.busy !== undefined || elsewhere} onClick={planOrApply}>
              {beside === 'plan' && isPlanned ? texts.bar.apply : texts.bar.plan}
            </Button>
          </Tooltip>
        </Box>
      </Box>
      <DraftNotices session={session} snapshot={snapshot} />
      {save.failure && (
        <FailureNotice
          title={texts.notSaved}
          failure={save.failure}
          onRetry={() => save.run(save.failure?.code === 'conflict' ? { overwrite: true } : {})}
        />
      )}
      <Box ref={ref} style={{ height }} sx={{ display: 'flex', gap: 1.5, minWidth: 0 }}>
        <Paper
          sx={{
            flex: 1,
            minWidth: 0,
            display: 'flex',
            flexDirection: 'column',
            overflow: 'hidden',
            '&:has(.cm-content:focus)': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: '-1px' },
          }}
        >
          <TextPane session={session} kept={session.isKept} />
          <ProblemsList session={session} snapshot={snapshot} />
        </Paper>
        {beside !== null && (
          <Paper sx={{ flex: 1, minWidth: 0, maxWidth: 560, overflow: 'auto' }} tabIndex={-1}>
            {beside === 'form' && <ManifestForm session={session} snapshot={snapshot} />}
            {beside === 'picture' && <Picture session={session} snapshot={snapshot} />}
            {beside === 'plan' && (
              <PlanPane
                applying={applying}
                text={snapshot.text}
                elsewhere={elsewhere}
                ofApplication={snapshot.facts.origin.from === 'application'}
              />
            )}
          </Paper>
        )}
      </Box>
    </Box>
  );
}

/** The editor lives on in its session; here it is only shown. */
function TextPane({ session, kept }: { session: EditingSession; kept: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { dom } = session.view;
    host.current?.append(dom);
    session.view.requestMeasure();
    return () => {
      dom.remove();
      if (!session.isKept) void session.keep();
    };
  }, [session]);
  return <Box ref={host} data-kept={kept} sx={{ flex: 1, minHeight: 0, '& > .cm-editor': { height: '100%' } }} />;
}

/** @returns nothing where the user has cancelled */
async function saveText(session: EditingSession, options: { as?: boolean; overwrite?: boolean }): Promise<void> {
  const { facts, text } = session.snapshot();
  const chooses = options.as || facts.origin.from !== 'file';
  const [offer] = chooses ? await desktop.chooseTarget(fileNameOf(facts.name)) : [];
  if (chooses && !offer) return;
  await session.keep();
  try {
    const {
      text: written,
      base: _base,
      restored: _restored,
      ...saved
    } = await hub.call('save_document', {
      document: session.id,
      text,
      ...(offer ? { ticket: offer.ticket } : {}),
      ...(options.overwrite ? { overwrite: true } : {}),
    });
    session.settled(written, saved);
    say(editorTexts().saved(saved.name));
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.failure.code !== 'conflict') throw thrown;
    const source = await hub.call('read_source', { document: session.id });
    if (source) session.compareWith(source.text);
    throw new HubError({
      ...thrown.failure,
      message: editorTexts().savedElsewhere(thrown.failure.message),
    });
  }
}

async function copyCommand(command: string): Promise<void> {
  await desktop.copyText(command);
  say(editorTexts().bar.copied);
}

/** The name of a file for a document that may have none yet. */
function fileNameOf(name: string): string {
  return /\.(json|conpaas)$/i.test(name) ? name : `${name}.conpaas`;
}

/** As a shell takes it. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
