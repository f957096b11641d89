/** Versions, newest first: what, when and by whom, which is live, and what can be done with each. */
import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Warning from '@mui/icons-material/Warning';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { CodeVersion } from '../../../remote/core/contract/application.ts';
import { actionsColumn, DataTable } from '../../components/data-table.tsx';
import { sizeText, timeText } from '../../components/time.ts';
import { useCodeTexts } from './texts.ts';
import type { VersionAction } from './version-actions.ts';

export interface VersionTableProps {
  readonly versions: readonly CodeVersion[];
  readonly active: string | undefined;
  /** What can be done with each; the first has a button of its own. */
  readonly actionsOf: (version: CodeVersion) => readonly VersionAction[];
}

export function VersionTable({ versions, active, actionsOf }: VersionTableProps) {
  const texts = useCodeTexts();
  const [menu, setMenu] = useState<{ readonly at: HTMLElement; readonly version: CodeVersion }>();
  return (
    <>
      <DataTable label={texts.title} columns={[...texts.table.columns, actionsColumn]}>
        {versions.map((version) => (
          <TableRow key={version.id} sx={{ '&:last-child td': { borderBottom: 0 } }}>
            <TableCell sx={{ whiteSpace: 'nowrap', fontWeight: 600 }}>
              {version.id}
              {version.id === active && (
                <Chip
                  size="small"
                  color="success"
                  variant="outlined"
                  label={texts.table.live}
                  sx={{ ml: 1, height: 20 }}
                />
              )}
            </TableCell>
            <TableCell sx={{ overflowWrap: 'anywhere' }}>
              {version.description || version.name}
              {version.refused && <Refused refused={version.refused} />}
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              {timeText(version.createdAt)} · {version.createdBy}
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              {sizeText(version.size)} · {texts.table.files(version.files)}
            </TableCell>
            <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
              {version.id !== active && <FirstAction version={version} action={actionsOf(version)[0]} />}
              <IconButton
                aria-label={texts.menu.more(version.id)}
                aria-haspopup="menu"
                onClick={({ currentTarget }) => setMenu({ at: currentTarget, version })}
              >
                <MoreHoriz sx={{ fontSize: 18 }} />
              </IconButton>
            </TableCell>
          </TableRow>
        ))}
      </DataTable>
      <Menu open={menu !== undefined} anchorEl={menu?.at ?? null} onClose={() => setMenu(undefined)}>
        {(menu ? actionsOf(menu.version).slice(1) : []).map(({ id, short, disabled = false, run }) => (
          <MenuItem
            key={id}
            disabled={disabled}
            onClick={() => {
              setMenu(undefined);
              run();
            }}
          >
            {short}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

function FirstAction({ version, action }: { version: CodeVersion; action: VersionAction | undefined }) {
  const texts = useCodeTexts().menu;
  if (!action) return null;
  const { short, disabled = false, run } = action;
  return (
    <Button aria-label={texts.of(short, version.id)} disabled={disabled} onClick={() => run()}>
      {short}
    </Button>
  );
}

/** That nodes did not take it, so that nobody tries it again unawares. */
function Refused({ refused: { at, message } }: { refused: NonNullable<CodeVersion['refused']> }) {
  const texts = useCodeTexts().table;
  return (
    <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 0.5 }}>
      <Warning aria-hidden sx={{ fontSize: 14, mt: '2px', color: 'warning.main', flexShrink: 0 }} />
      <Typography variant="caption" color="textSecondary">
        {texts.refused(timeText(at), message)}
      </Typography>
    </Box>
  );
}
