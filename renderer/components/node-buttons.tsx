/** What one does with a node from its row: as words where its table is wide, else as signs. */
import RestartAlt from '@mui/icons-material/RestartAlt';
import Subject from '@mui/icons-material/Subject';
import Terminal from '@mui/icons-material/Terminal';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { NodeInfo } from '../../remote/core/contract/application.ts';
import { logTab, openInDock, terminalTab } from '../stores/dock.ts';
import { useComponentTexts } from './texts/common.ts';

/** For what is around the table: its width decides. */
export const nodeTableFrame = { containerType: 'inline-size' } as const;

/** From this width of the frame on there is room for words. */
export const wide = '@container (min-width: 700px)';

export interface NodeButtonsProps {
  readonly application: string;
  readonly node: NodeInfo;
  readonly onRestart?: () => void;
}

export function NodeButtons({ application, node, onRestart }: NodeButtonsProps) {
  const texts = useComponentTexts().node;
  const { id, service, state } = node;
  return (
    <>
      <NodeButton
        word={texts.logs}
        label={texts.logsOf(id)}
        Icon={Subject}
        onClick={() => openInDock(logTab({ title: id, application, service, node: id }))}
      />
      <NodeButton
        word={texts.terminal}
        label={texts.terminalOn(id)}
        Icon={Terminal}
        disabled={state !== 'running'}
        onClick={() => openInDock(terminalTab({ application, node: id }))}
      />
      {onRestart && (
        <NodeButton word={texts.restart} label={texts.restartThis(id)} Icon={RestartAlt} onClick={onRestart} />
      )}
    </>
  );
}

interface NodeButtonProps {
  readonly word: string;
  readonly label: string;
  readonly Icon: typeof Terminal;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function NodeButton({ word, label, Icon, disabled = false, onClick }: NodeButtonProps) {
  return (
    <Button aria-label={label} title={label} disabled={disabled} onClick={onClick} sx={{ minWidth: 0, px: 1 }}>
      <Icon aria-hidden sx={{ fontSize: 17, [wide]: { display: 'none' } }} />
      <Box component="span" sx={{ display: 'none', [wide]: { display: 'inline' } }}>
        {word}
      </Box>
    </Button>
  );
}
