/** Certificates: the verdict, the timeline of their ends, the table, and what can be done with each. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Switch from '@mui/material/Switch';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { OwnIdentity } from '../../main/hub/protocol.ts';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import { useActions } from '../actions/use-actions.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Section } from '../components/section.tsx';
import { useAction } from '../components/use-action.ts';
import { type Loaded, useLoaded } from '../components/use-loaded.ts';
import { useNow } from '../components/use-now.ts';
import { TrustDialog } from '../domains/trust-dialog.tsx';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { CertificateState } from './certificate-state.tsx';
import { effectOfRevoking, fromNowText, holderText, isRenewable, isRevocable } from './certificate-words.ts';
import { ExpiryTimeline } from './expiry-timeline.tsx';
import { RotationSection } from './rotation-section.tsx';

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** The first line of the page is made of it too. */
export type LoadedCertificates = Loaded<readonly CertificateInfo[]>;

export function CertificatesTab({ certificates }: { certificates: LoadedCertificates }) {
  const own = useLoaded(() => hub.call('own_identity', {}), []);
  const now = useNow(60_000);
  const [all, setAll] = useState(false);
  const renewAll = useAction(async () => {
    const { renewed, failed } = await hub.director('renew_certificates', {});
    const more = failed.length > 0 ? ` Not reached: ${failed.map(({ identity }) => identity).join(', ')}.` : '';
    say(`${renewed} certificates were renewed.${more}`, { level: failed.length > 0 ? 'warning' : 'info' });
    certificates.reload();
  });
  useActions([
    {
      id: 'security.renew-all',
      title: 'Renew all certificates',
      command: 'conpaas security renew',
      run: () => renewAll.run(),
    },
  ]);
  if (!certificates.value) {
    return certificates.failure ? (
      <FailureNotice
        title="The certificates could not be read"
        failure={certificates.failure}
        onRetry={certificates.reload}
      />
    ) : (
      <Skeleton variant="rounded" height={320} />
    );
  }
  const shown = certificates.value.filter(({ state }) => all || state === 'valid');
  const hidden = certificates.value.length - certificates.value.filter(({ state }) => state === 'valid').length;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      <section>
        <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
          When they end
        </Typography>
        <Paper sx={{ overflow: 'hidden' }}>
          <ExpiryTimeline certificates={certificates.value} now={now} />
        </Paper>
      </section>
      <section>
        <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mb: 1 }}>
          <Typography component="h2" variant="h2" sx={{ flex: 1 }}>
            Certificates
          </Typography>
          <FormControlLabel
            control={<Switch size="small" checked={all} onChange={(_event, value) => setAll(value)} />}
            label={`Also the ${hidden} replaced, ended or revoked`}
          />
          <Button variant="outlined" disabled={renewAll.busy} onClick={() => renewAll.run()}>
            {renewAll.busy ? 'Renewing…' : 'Renew all'}
          </Button>
        </Box>
        {renewAll.failure && (
          <FailureNotice title="They were not renewed" failure={renewAll.failure} onRetry={() => renewAll.run()} />
        )}
        <CertificateTable certificates={shown} own={own.value} now={now} onChanged={certificates.reload} />
      </section>
      <WebAuthoritySection />
      <RotationSection own={own.value} onEnded={own.reload} />
    </Box>
  );
}

/** Apart from the identities above: no process of the deployment believes in it. */
function WebAuthoritySection() {
  const [trusting, setTrusting] = useState(false);
  return (
    <Section
      title="Authority for websites"
      text="Certifies domains with private names. It has nothing to do with the certificates above: none of them is of its making, and no process trusts it."
      actions={
        <Button variant="outlined" onClick={() => setTrusting(true)}>
          How to trust it…
        </Button>
      }
    >
      {trusting && <TrustDialog onClose={() => setTrusting(false)} />}
    </Section>
  );
}

interface CertificateTableProps {
  readonly certificates: readonly CertificateInfo[];
  readonly own: OwnIdentity | undefined;
  readonly now: number;
  readonly onChanged: () => void;
}

function CertificateTable({ certificates, own, now, onChanged }: CertificateTableProps) {
  const [revoking, setRevoking] = useState<CertificateInfo>();
  return (
    <>
      <DataTable
        focusable
        label="Certificates"
        columns={[{ title: 'Whose', width: '28%' }, 'State', 'Ends', 'Serial', { title: 'Actions', align: 'right' }]}
      >
        {certificates.map((certificate) => (
          <Row
            key={`${certificate.kind} ${certificate.serial}`}
            certificate={certificate}
            own={own}
            now={now}
            onChanged={onChanged}
            onRevoke={() => setRevoking(certificate)}
          />
        ))}
      </DataTable>
      {revoking && (
        <ConfirmByName
          title={`Revoke the certificate of ${holderText(revoking, own?.serial)}?`}
          text={`${effectOfRevoking(revoking)} This cannot be taken back.`}
          name={revoking.serial.slice(0, 8)}
          action="Revoke"
          onConfirm={async () => {
            await hub.director('revoke_certificate', { serial: revoking.serial });
            say('Revoked. Managers and agents know it already.');
            onChanged();
          }}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </>
  );
}

interface RowProps {
  readonly certificate: CertificateInfo;
  readonly own: OwnIdentity | undefined;
  readonly now: number;
  readonly onChanged: () => void;
  readonly onRevoke: () => void;
}

function Row({ certificate, own, now, onChanged, onRevoke }: RowProps) {
  const holder = holderText(certificate, own?.serial);
  const renew = useAction(async () => {
    if (certificate.kind === 'intermediate') await hub.call('renew_intermediate', {});
    else {
      const { failed } = await hub.director('renew_certificates', { serial: certificate.serial });
      const [first] = failed;
      if (first) return say(`${holder} could not renew it: ${first.message}`, { level: 'warning' });
    }
    say(`${holder}: renewed.`);
    onChanged();
  });
  const save = useAction(async () => {
    const name = `${certificate.kind}-${certificate.serial.slice(0, 8)}.pem`;
    const [target] = await desktop.chooseTarget(name);
    if (!target) return;
    await hub.call('export_certificate', { serial: certificate.serial, target: target.ticket });
    say(`Saved as ${target.name}.`);
  });
  const failure = renew.failure ?? save.failure;
  return (
    <TableRow>
      <TableCell component="th" scope="row" sx={{ overflowWrap: 'anywhere' }}>
        {holder}
        {renew.busy && certificate.kind === 'intermediate' && (
          <Typography variant="caption" color="textSecondary" role="status" component="p">
            Signed anew by the root, and being taken up by the director…
          </Typography>
        )}
        {failure && <FailureNotice failure={failure} onRetry={renew.failure ? () => renew.run() : undefined} />}
      </TableCell>
      <TableCell>
        <CertificateState state={certificate.state} />
      </TableCell>
      <TableCell sx={{ '& span': { whiteSpace: 'nowrap' } }}>
        <span>{dates.format(certificate.notAfter)}</span> <span>({fromNowText(certificate.notAfter, now)})</span>
      </TableCell>
      <TableCell>
        <code title={certificate.serial}>{certificate.serial.slice(0, 8)}</code>
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {isRenewable(certificate, own?.holdsRoot === true) && (
          <Button color="secondary" aria-label={`Renew ${holder}`} disabled={renew.busy} onClick={() => renew.run()}>
            {renew.busy ? 'Renewing…' : 'Renew'}
          </Button>
        )}
        <Button color="secondary" aria-label={`Export ${holder}`} disabled={save.busy} onClick={() => save.run()}>
          Export
        </Button>
        {isRevocable(certificate) && certificate.serial !== own?.serial && (
          <Button color="error" aria-label={`Revoke ${holder}`} onClick={onRevoke}>
            Revoke…
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}
