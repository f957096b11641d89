/** How to connect: a command to paste, its parts, and the password, which never enters this page. */
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useActions } from '../../actions/use-actions.ts';
import { DataTable } from '../../components/data-table.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Form } from '../../components/form.tsx';
import { Section } from '../../components/section.tsx';
import { useAction } from '../../components/use-action.ts';
import { useLoaded } from '../../components/use-loaded.ts';
import { hub } from '../../hub/client.ts';
import { desktop } from '../../hub/desktop.ts';
import { say } from '../../stores/notices.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { useMysqlTexts } from './texts.ts';

interface Connection {
  readonly command: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export function ConnectionSection({ application, service }: ServiceTabProps) {
  const { connection: texts, password: words } = useMysqlTexts();
  const { parts } = texts;
  const { value, failure, reload } = useLoaded(
    () => callOwn<Connection>(application.id, 'get_connection', { service: service.name }),
    [application.id, service.name, service.state],
  );
  const [changing, setChanging] = useState(false);
  const password = useAction(async (how: 'copy' | 'show') => {
    await hub.call('use_password', { application: application.id, service: service.name, how });
    if (how === 'copy') say(words.copied);
  });
  const copy = (text: string) => void desktop.copyText(text).then(() => say(texts.copied));
  useActions([
    {
      id: 'password.copy',
      title: words.copyAction(service.name),
      disabled: password.busy || !value,
      run: () => password.run('copy'),
    },
  ]);
  return (
    <Section title={texts.title} text={texts.text}>
      {failure && !value && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      {!value && !failure && <Skeleton variant="rounded" height={180} />}
      {value && (
        <DataTable
          label={texts.title}
          below={
            changing && (
              <ChangePassword
                application={application.id}
                service={service.name}
                onDone={() => {
                  setChanging(false);
                  reload();
                }}
              />
            )
          }
        >
          <Part part={parts.command} value={value.command} code onCopy={copy} />
          <Part part={parts.host} value={value.host} onCopy={copy} />
          <Part part={parts.port} value={String(value.port)} onCopy={copy} />
          <Part part={parts.user} value={value.user} onCopy={copy} />
          <Part part={parts.database} value={value.database} onCopy={copy} />
          <TableRow sx={{ '& > *': { borderBottom: 0 } }}>
            <TableCell component="th" scope="row" sx={{ width: 120, color: 'text.secondary' }}>
              {words.name}
            </TableCell>
            <TableCell>••••••••</TableCell>
            <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
              <Button aria-label={words.copyLabel} disabled={password.busy} onClick={() => password.run('copy')}>
                {texts.copy}
              </Button>
              <Button aria-label={words.showLabel} disabled={password.busy} onClick={() => password.run('show')}>
                {words.show}
              </Button>
              <Button aria-expanded={changing} onClick={() => setChanging(!changing)}>
                {words.change}
              </Button>
            </TableCell>
          </TableRow>
        </DataTable>
      )}
      {password.failure && <FailureNotice title={words.failed} failure={password.failure} sx={{ mt: 1.5 }} />}
    </Section>
  );
}

/** A method of the service's own type. */
export function callOwn<Result>(application: string, method: string, params: Record<string, unknown>): Promise<Result> {
  return hub.call('manager', { application, method, params }) as Promise<Result>;
}

interface PartProps {
  readonly part: { readonly name: string; readonly copy: string };
  readonly value: string;
  readonly code?: boolean;
  readonly onCopy: (text: string) => void;
}

function Part({ part, value, code = false, onCopy }: PartProps) {
  const texts = useMysqlTexts().connection;
  return (
    <TableRow>
      <TableCell component="th" scope="row" sx={{ width: 120, color: 'text.secondary' }}>
        {part.name}
      </TableCell>
      <TableCell sx={{ overflowWrap: 'anywhere' }}>{code ? <code>{value}</code> : value}</TableCell>
      <TableCell align="right" sx={{ py: 0.25 }}>
        <Button aria-label={part.copy} onClick={() => onCopy(value)}>
          {texts.copy}
        </Button>
      </TableCell>
    </TableRow>
  );
}

/** A new password on its way; the field is emptied whatever comes of it. */
function ChangePassword({
  application,
  service,
  onDone,
}: {
  application: string;
  service: string;
  onDone: () => void;
}) {
  const texts = useMysqlTexts().password;
  const [value, setValue] = useState('');
  const wrong = value !== '' && (value.length < 8 || !/^[\x20-\x7e]+$/.test(value));
  const ready = value !== '' && !wrong;
  const save = useAction(async () => {
    const sent = callOwn(application, 'set_password', { service, password: value });
    setValue('');
    await sent;
    say(texts.changing(service));
    onDone();
  });
  return (
    <Form
      ready={ready}
      onSubmit={() => save.run()}
      sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', p: 2, borderTop: 1, borderColor: 'divider' }}
    >
      <TextField
        autoFocus
        type="password"
        autoComplete="new-password"
        label={texts.label}
        value={value}
        error={wrong || save.failure !== undefined}
        helperText={wrong ? texts.wrong : save.failure?.message}
        onChange={({ target }) => setValue(target.value)}
        sx={{ width: 320 }}
      />
      <Button type="submit" variant="contained" disabled={!ready || save.busy} sx={{ mt: 0.5 }}>
        {texts.save}
      </Button>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
        {texts.notUndone}
      </Typography>
    </Form>
  );
}
