/** Secrets by name: when each was set, a new value for it, its end. Values go one way. */
import Button from '@mui/material/Button';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { actionsColumn, DataTable } from '../components/data-table.tsx';
import { timeText } from '../components/time.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { SecretValue } from './secret-value.tsx';
import { useSecretTexts } from './texts.ts';
import type { SecretInfo, useSecrets } from './use-secrets.ts';

export interface SecretsTableProps {
  readonly label: string;
  readonly application: string;
  /** Those that are shown; one may have no value yet. */
  readonly names: readonly string[];
  readonly secrets: ReturnType<typeof useSecrets>;
  /** Whether it says which services get each. */
  readonly withUsers?: boolean;
  /** Services that have one of their own, by its name: it was made for them, and nothing refers to it. */
  readonly owners?: Readonly<Record<string, readonly string[]>>;
  /** What else can be done with one. */
  readonly actions?: (name: string) => ReactNode;
  /** Rows below them. */
  readonly children?: ReactNode;
}

export function SecretsTable(props: SecretsTableProps) {
  const { label, application, names, secrets, withUsers = false, owners = {}, actions, children } = props;
  const texts = useSecretTexts();
  const { columns } = texts;
  const { known, setting, setSetting, reload } = secrets;
  const [deleting, setDeleting] = useState<string>();
  const usersOf = (name: string): readonly string[] => [
    ...new Set([...(owners[name] ?? []), ...(known?.get(name)?.usedBy ?? [])]),
  ];
  return (
    <>
      <DataTable
        label={label}
        columns={[
          { title: columns.name, width: '32%' },
          columns.value,
          ...(withUsers ? [columns.usedBy] : []),
          actionsColumn,
        ]}
      >
        {names.map((name) => {
          const secret = known?.get(name);
          return (
            <TableRow key={name}>
              <TableCell component="th" scope="row">
                <code>{name}</code>
              </TableCell>
              <TableCell>
                {setting === name ? (
                  <SecretValue
                    application={application}
                    name={name}
                    onDone={() => {
                      setSetting(undefined);
                      reload();
                    }}
                  />
                ) : (
                  <WhenSet secret={secret} isRead={known !== undefined} />
                )}
              </TableCell>
              {withUsers && <TableCell>{usersOf(name).join(', ') || texts.nobody}</TableCell>}
              <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
                <Button
                  aria-label={secret ? texts.replaceThis(name) : texts.setThis(name)}
                  onClick={() => setSetting(setting === name ? undefined : name)}
                >
                  {secret ? texts.replace : texts.set}
                </Button>
                {actions?.(name)}
                {secret && (
                  <Button color="error" aria-label={texts.delete.label(name)} onClick={() => setDeleting(name)}>
                    {texts.delete.button}
                  </Button>
                )}
              </TableCell>
            </TableRow>
          );
        })}
        {children}
      </DataTable>
      {deleting !== undefined && (
        <ConfirmByName
          title={texts.delete.title(deleting)}
          text={texts.delete.text(usersOf(deleting), (owners[deleting] ?? []).length > 0)}
          name={deleting}
          action={texts.delete.action}
          onConfirm={async () => {
            await hub.director('delete_secret', { application, name: deleting });
            say(texts.delete.done(deleting));
            reload();
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </>
  );
}

function WhenSet({ secret, isRead }: { secret: SecretInfo | undefined; isRead: boolean }) {
  const texts = useSecretTexts();
  return (
    <Typography variant="body2" color={secret || !isRead ? 'textSecondary' : 'warning'}>
      {secret ? texts.whenSet(timeText(secret.updatedAt)) : isRead ? texts.noValue : '…'}
    </Typography>
  );
}
