/** The names of an application's services: their certificates, one more, one less. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import MenuItem from '@mui/material/MenuItem';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import type { DomainInfo } from '../../remote/core/contract/domains.ts';
import { useActions } from '../actions/use-actions.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { actionsColumn, DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Form } from '../components/form.tsx';
import { Section } from '../components/section.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useNow } from '../components/use-now.ts';
import { Worded } from '../components/worded.tsx';
import { hub } from '../hub/client.ts';
import { fromNowText } from '../security/certificate-words.ts';
import { say } from '../stores/notices.ts';
import { hrefOf } from '../stores/route.ts';
import { DomainState } from './domain-state.tsx';
import { useDomainTexts } from './texts.ts';
import { TrustDialog } from './trust-dialog.tsx';
import { useDomains } from './use-domains.ts';

interface DomainsSectionProps {
  readonly application: string;
  /** undefined: not read yet. */
  readonly services: readonly ServiceInfo[] | undefined;
  readonly onChanged: () => void;
}

export function DomainsSection({ application, services, onChanged }: DomainsSectionProps) {
  const texts = useDomainTexts();
  const takers = (services ?? []).filter(({ domains }) => domains !== undefined);
  const { value: domains, failure, reload } = useDomains(application, services);
  const [removing, setRemoving] = useState<DomainInfo>();
  const [trusting, setTrusting] = useState(false);
  useActions([
    {
      id: 'domains.trust',
      title: texts.trust.action,
      command: 'conpaas domain authority conpaas-websites.pem',
      run: () => setTrusting(true),
    },
  ]);
  if (services && takers.length === 0) return null;
  const changed = (): void => {
    onChanged();
    reload();
  };
  const { columns } = texts;
  return (
    <Section
      title={texts.title}
      text={texts.text}
      actions={
        <Button variant="outlined" onClick={() => setTrusting(true)}>
          {texts.trust.button}
        </Button>
      }
    >
      {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      <DataTable
        label={texts.title}
        columns={[{ title: columns.name, width: '32%' }, columns.certificate, columns.ends, actionsColumn]}
        below={<NewDomain application={application} takers={takers} onAdded={changed} />}
      >
        {domains?.map((domain) => (
          <Row
            key={`${domain.service} ${domain.name}`}
            application={application}
            domain={domain}
            withService={takers.length > 1}
            onAsked={reload}
            onRemove={() => setRemoving(domain)}
          />
        ))}
      </DataTable>
      {takers.length > 0 && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          <Worded
            text={texts.settings}
            values={[
              takers.map(({ name }, index) => (
                <span key={name}>
                  {index > 0 && ', '}
                  <Link
                    underline="always"
                    href={hrefOf({ page: 'service', application, service: name, tab: 'configuration' })}
                  >
                    {texts.configuration(name)}
                  </Link>
                </span>
              )),
            ]}
          />
        </Typography>
      )}
      {removing && (
        <ConfirmByName
          title={texts.remove.title(removing.name)}
          text={texts.remove.text(removing.service)}
          name={removing.name}
          action={texts.remove.action}
          onConfirm={async () => {
            await hub.manager(application, 'remove_domain', { service: removing.service, name: removing.name });
            changed();
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
      {trusting && <TrustDialog onClose={() => setTrusting(false)} />}
    </Section>
  );
}

interface RowProps {
  readonly application: string;
  readonly domain: DomainInfo;
  readonly withService: boolean;
  readonly onAsked: () => void;
  readonly onRemove: () => void;
}

function Row({ application, domain, withService, onAsked, onRemove }: RowProps) {
  const { name, service, certificate, failure, nextAttemptAt, url } = domain;
  const texts = useDomainTexts();
  const now = useNow(60_000);
  const renew = useAction(async () => {
    await hub.manager(application, 'renew_domain', { service, name });
    say(texts.asked(name));
    onAsked();
  });
  const trouble = renew.failure ?? failure;
  const ends = [
    ...(certificate ? [fromNowText(certificate.notAfter, now)] : []),
    ...(nextAttemptAt === undefined ? [] : [(failure ? texts.triedAgain : texts.renewed)(timeText(nextAttemptAt))]),
  ];
  return (
    <>
      <TableRow>
        <TableCell component="th" scope="row" sx={{ overflowWrap: 'anywhere' }}>
          {name}
          <Typography variant="caption" color="textSecondary" component="div">
            {[...(withService ? [service] : []), ...(url === undefined ? [] : [url])].join(' · ')}
          </Typography>
        </TableCell>
        <TableCell>
          <DomainState domain={domain} />
          {certificate && (
            <Typography variant="caption" color="textSecondary" component="div">
              {texts.by(certificate.issuer)}
            </Typography>
          )}
        </TableCell>
        <TableCell>{ends.join(', ') || '—'}</TableCell>
        <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
          <Button
            aria-label={failure ? texts.retryThis(name) : texts.renewThis(name)}
            disabled={renew.busy}
            onClick={() => renew.run()}
          >
            {failure ? texts.retry : texts.renew}
          </Button>
          <Button color="error" aria-label={texts.remove.label(name)} onClick={onRemove}>
            {texts.remove.button}
          </Button>
        </TableCell>
      </TableRow>
      {trouble && (
        <TableRow>
          <TableCell colSpan={4}>
            <FailureNotice failure={trouble} />
          </TableCell>
        </TableRow>
      )}
    </>
  );
}

interface NewDomainProps {
  readonly application: string;
  readonly takers: readonly ServiceInfo[];
  readonly onAdded: () => void;
}

function NewDomain({ application, takers, onAdded }: NewDomainProps) {
  const texts = useDomainTexts().add;
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState('');
  const service = takers.find((one) => one.name === chosen) ?? takers[0];
  const taken = takers.some(({ domains }) => domains?.includes(name.trim().toLowerCase()));
  const ready = service !== undefined && name.trim() !== '' && !taken;
  const add = useAction(async () => {
    if (!service) return;
    await hub.manager(application, 'add_domain', { service: service.name, name: name.trim() });
    setName('');
    onAdded();
  });
  return (
    <>
      <Form ready={ready} onSubmit={() => add.run()} sx={{ display: 'flex', gap: 1, p: 1.5, alignItems: 'flex-start' }}>
        <TextField
          label={texts.label}
          placeholder="shop.example.org"
          value={name}
          error={taken}
          helperText={taken ? texts.taken : undefined}
          onChange={({ target }) => setName(target.value)}
          slotProps={{ htmlInput: { maxLength: 253, spellCheck: false, autoCapitalize: 'none' } }}
        />
        {takers.length > 1 && (
          <TextField
            select
            label={texts.service}
            value={service?.name ?? ''}
            onChange={({ target }) => setChosen(target.value)}
            sx={{ minWidth: 140 }}
            slotProps={{ select: { MenuProps: { disablePortal: true } } }}
          >
            {takers.map((one) => (
              <MenuItem key={one.id} value={one.name}>
                {one.name}
              </MenuItem>
            ))}
          </TextField>
        )}
        <Button type="submit" variant="outlined" disabled={!ready || add.busy}>
          {texts.button}
        </Button>
      </Form>
      {add.failure && (
        <Box sx={{ px: 1.5, pb: 1.5 }}>
          <FailureNotice failure={add.failure} />
        </Box>
      )}
    </>
  );
}
