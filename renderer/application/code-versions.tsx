/** Code versions of a service: deploy a new one, make another one live, go back. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { Offer } from '../../main/hub/protocol.ts';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { type Dropped, DropZone } from '../components/drop-zone.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { HiddenText } from '../components/hidden-text.tsx';
import { countText, sizeText, timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { DeployDialog } from './deploy-dialog.tsx';

export interface CodeVersionsProps {
  readonly application: string;
  readonly service: ServiceInfo;
  readonly onChanged: () => void;
}

export function CodeVersions({ application, service, onChanged }: CodeVersionsProps) {
  const [offer, setOffer] = useState<Offer>();
  const take = ({ offers: [first] }: Dropped) => {
    if (first) setOffer(first);
    else say('Only files and folders on this computer can be deployed.', { level: 'warning' });
  };
  const choose = async (what: 'archive' | 'folder') => {
    const [first] = await desktop.chooseFiles(what);
    if (first) setOffer(first);
  };
  const change = useAction(async (work: () => Promise<unknown>) => {
    await work();
    onChanged();
  });
  const { active, previous, versions = [] } = service.code ?? {};
  return (
    <Box component="section" aria-labelledby="code">
      <Box sx={{ display: 'flex', alignItems: 'center', mb: 1.5 }}>
        <Typography component="h2" variant="h2" id="code">
          Code
        </Typography>
        {previous !== undefined && (
          <Button
            variant="outlined"
            disabled={change.busy}
            onClick={() =>
              change.run(() => hub.manager(application, 'rollback_code_version', { service: service.name }))
            }
            sx={{ ml: 'auto' }}
          >
            Roll back to {previous}
          </Button>
        )}
      </Box>
      {change.failure && (
        <Box sx={{ mb: 1.5 }}>
          <FailureNotice failure={change.failure} />
        </Box>
      )}
      <DropZone label="Drop an archive or a folder here to deploy a new version" onDrop={take} compact>
        <Button variant="outlined" onClick={() => void choose('archive')}>
          Archive…
        </Button>
        <Button variant="outlined" onClick={() => void choose('folder')}>
          Folder…
        </Button>
      </DropZone>
      {versions.length > 0 && (
        <Paper sx={{ mt: 1.5, overflow: 'hidden' }}>
          <Table size="small" aria-label="Code versions">
            <TableHead>
              <TableRow>
                <TableCell>Version</TableCell>
                <TableCell>What</TableCell>
                <TableCell>From</TableCell>
                <TableCell>Size</TableCell>
                <TableCell>
                  <HiddenText>Actions</HiddenText>
                </TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
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
                  <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
                    {version.id !== active && (
                      <Button
                        aria-label={`Make live: ${version.id}`}
                        disabled={change.busy}
                        onClick={() =>
                          change.run(() =>
                            hub.manager(application, 'activate_code_version', {
                              service: service.name,
                              version: version.id,
                            }),
                          )
                        }
                      >
                        Make live
                      </Button>
                    )}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Paper>
      )}
      {offer && (
        <DeployDialog application={application} service={service} offer={offer} onClose={() => setOffer(undefined)} />
      )}
    </Box>
  );
}
