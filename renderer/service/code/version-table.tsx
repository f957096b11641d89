/** Versions, newest first: what, when and by whom, which is live, and what can be done with each. */
import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import { useState } from 'react';
import type { CodeVersion } from '../../../remote/core/contract/application.ts';
import { actionsColumn, DataTable } from '../../components/data-table.tsx';
import { countText, sizeText, timeText } from '../../components/time.ts';

export interface VersionTableProps {
  readonly versions: readonly CodeVersion[];
  readonly active: string | undefined;
  readonly busy: boolean;
  readonly onActivate: (version: CodeVersion) => void;
  readonly onDownload: (version: CodeVersion) => void;
  readonly onCompare: (version: CodeVersion) => void;
  readonly onDelete: (version: CodeVersion) => void;
}

export function VersionTable({ versions, active, busy, ...does }: VersionTableProps) {
  const [menu, setMenu] = useState<{ readonly at: HTMLElement; readonly version: CodeVersion }>();
  const choose = (work: (version: CodeVersion) => void) => () => {
    if (menu) work(menu.version);
    setMenu(undefined);
  };
  return (
    <>
      <DataTable label="Code versions" columns={['Version', 'What', 'When and by whom', 'Size', actionsColumn]}>
        {versions.map((version) => (
          <TableRow key={version.id} sx={{ '&:last-child td': { borderBottom: 0 } }}>
            <TableCell sx={{ whiteSpace: 'nowrap', fontWeight: 600 }}>
              {version.id}
              {version.id === active && (
                <Chip size="small" color="success" variant="outlined" label="live" sx={{ ml: 1, height: 20 }} />
              )}
            </TableCell>
            <TableCell sx={{ overflowWrap: 'anywhere' }}>{version.description || version.name}</TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              {timeText(version.createdAt)} · {version.createdBy}
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              {sizeText(version.size)} · {countText(version.files, 'file')}
            </TableCell>
            <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
              {version.id !== active && (
                <Button aria-label={`Make live ${version.id}`} disabled={busy} onClick={() => does.onActivate(version)}>
                  Make live
                </Button>
              )}
              <IconButton
                aria-label={`More for ${version.id}`}
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
        <MenuItem onClick={choose(does.onDownload)}>Download…</MenuItem>
        <MenuItem onClick={choose(does.onCompare)} disabled={versions.length < 2}>
          Compare…
        </MenuItem>
        <MenuItem onClick={choose(does.onDelete)} disabled={menu?.version.id === active}>
          Delete…
        </MenuItem>
      </Menu>
    </>
  );
}
