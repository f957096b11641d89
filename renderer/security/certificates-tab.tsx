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
import { perLanguage } from '../texts/catalogue.ts';
import { CertificateState } from './certificate-state.tsx';
import { effectOfRevoking, fromNowText, holderText, isRenewable, isRevocable } from './certificate-words.ts';
import { ExpiryTimeline } from './expiry-timeline.tsx';
import { RotationSection } from './rotation-section.tsx';
import { useSecurityTexts } from './texts.ts';

const dates = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));

/** The first line of the page is made of it too. */
export type LoadedCertificates = Loaded<readonly CertificateInfo[]>;

export function CertificatesTab({ certificates }: { certificates: LoadedCertificates }) {
  const texts = useSecurityTexts().certificates;
  const own = useLoaded(() => hub.call('own_identity', {}), []);
  const now = useNow(60_000);
  const [all, setAll] = useState(false);
  const renewAll = useAction(async () => {
    const { renewed, failed } = await hub.director('renew_certificates', {});
    const missed = failed.map(({ identity }) => identity);
    if (missed.length > 0) say(texts.notReached(renewed, missed), { level: 'warning' });
    else say(texts.renewed(renewed));
    certificates.reload();
  });
  useActions([
    {
      id: 'security.renew-all',
      title: texts.renewAllAction,
      command: 'conpaas security renew',
      run: () => renewAll.run(),
    },
  ]);
  if (!certificates.value) {
    return certificates.failure ? (
      <FailureNotice title={texts.failed} failure={certificates.failure} onRetry={certificates.reload} />
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
          {texts.ends}
        </Typography>
        <Paper sx={{ overflow: 'hidden' }}>
          <ExpiryTimeline certificates={certificates.value} now={now} />
        </Paper>
      </section>
      <section>
        <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mb: 1 }}>
          <Typography component="h2" variant="h2" sx={{ flex: 1 }}>
            {texts.heading}
          </Typography>
          <FormControlLabel
            control={<Switch size="small" checked={all} onChange={(_event, value) => setAll(value)} />}
            label={texts.also(hidden)}
          />
          <Button variant="outlined" disabled={renewAll.busy} onClick={() => renewAll.run()}>
            {renewAll.busy ? texts.renewing : texts.renewAll}
          </Button>
        </Box>
        {renewAll.failure && (
          <FailureNotice title={texts.notRenewed} failure={renewAll.failure} onRetry={() => renewAll.run()} />
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
  const texts = useSecurityTexts().websites;
  const [trusting, setTrusting] = useState(false);
  return (
    <Section
      title={texts.title}
      text={texts.text}
      actions={
        <Button variant="outlined" onClick={() => setTrusting(true)}>
          {texts.trust}
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
  const texts = useSecurityTexts().certificates;
  const [revoking, setRevoking] = useState<CertificateInfo>();
  return (
    <>
      <DataTable
        focusable
        label={texts.heading}
        columns={[{ title: texts.whose, width: '28%' }, ...texts.columns, { title: texts.actions, align: 'right' }]}
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
          title={texts.revokeQuestion(holderText(revoking, own?.serial))}
          text={texts.revokeText(effectOfRevoking(revoking))}
          name={revoking.serial.slice(0, 8)}
          action={texts.revoke}
          onConfirm={async () => {
            await hub.director('revoke_certificate', { serial: revoking.serial });
            say(texts.revoked);
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
  const texts = useSecurityTexts().certificates;
  const holder = holderText(certificate, own?.serial);
  const renew = useAction(async () => {
    if (certificate.kind === 'intermediate') await hub.call('renew_intermediate', {});
    else {
      const { failed } = await hub.director('renew_certificates', { serial: certificate.serial });
      const [first] = failed;
      if (first) return say(texts.notRenewedThis(holder, first.message), { level: 'warning' });
    }
    say(texts.renewedThis(holder));
    onChanged();
  });
  const save = useAction(async () => {
    const name = `${certificate.kind}-${certificate.serial.slice(0, 8)}.pem`;
    const [target] = await desktop.chooseTarget(name);
    if (!target) return;
    await hub.call('export_certificate', { serial: certificate.serial, target: target.ticket });
    say(texts.savedAs(target.name));
  });
  const failure = renew.failure ?? save.failure;
  return (
    <TableRow>
      <TableCell component="th" scope="row" sx={{ overflowWrap: 'anywhere' }}>
        {holder}
        {renew.busy && certificate.kind === 'intermediate' && (
          <Typography variant="caption" color="textSecondary" role="status" component="p">
            {texts.signing}
          </Typography>
        )}
        {failure && <FailureNotice failure={failure} onRetry={renew.failure ? () => renew.run() : undefined} />}
      </TableCell>
      <TableCell>
        <CertificateState state={certificate.state} />
      </TableCell>
      <TableCell sx={{ '& span': { whiteSpace: 'nowrap' } }}>
        <span>{dates().format(certificate.notAfter)}</span> <span>({fromNowText(certificate.notAfter, now)})</span>
      </TableCell>
      <TableCell>
        <code title={certificate.serial}>{certificate.serial.slice(0, 8)}</code>
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {isRenewable(certificate, own?.holdsRoot === true) && (
          <Button
            color="secondary"
            aria-label={texts.renewThis(holder)}
            disabled={renew.busy}
            onClick={() => renew.run()}
          >
            {renew.busy ? texts.renewing : texts.renew}
          </Button>
        )}
        <Button color="secondary" aria-label={texts.saveThis(holder)} disabled={save.busy} onClick={() => save.run()}>
          {texts.save}
        </Button>
        {isRevocable(certificate) && certificate.serial !== own?.serial && (
          <Button color="error" aria-label={texts.revokeThis(holder)} onClick={onRevoke}>
            {texts.revokeMore}
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}
