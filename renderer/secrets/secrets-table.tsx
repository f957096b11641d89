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
import type { SecretInfo, useSecrets } from './use-secrets.ts';

export interface SecretsTableProps {
  readonly label: string;
  readonly application: string;
  /** Those that are shown; one may have no value yet. */
  readonly names: readonly string[];
  readonly secrets: ReturnType<typeof useSecrets>;
  /** Whether it says which services get each. */
  readonly withUsers?: boolean;
  /** What else can be done with one. */
  readonly actions?: (name: string) => ReactNode;
  /** Rows below them. */
  readonly children?: ReactNode;
}

export function SecretsTable(props: SecretsTableProps) {
  const { label, application, names, secrets, withUsers = false, actions, children } = props;
  const { known, setting, setSetting, reload } = secrets;
  const [deleting, setDeleting] = useState<string>();
  return (
    <>
      <DataTable
        label={label}
        columns={[{ title: 'Name', width: '32%' }, 'Value', ...(withUsers ? ['Used by'] : []), actionsColumn]}
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
              {withUsers && <TableCell>{secret?.usedBy.join(', ') || 'nobody'}</TableCell>}
              <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
                <Button
                  aria-label={`${secret ? 'Replace' : 'Set'} the value of ${name}`}
                  onClick={() => setSetting(setting === name ? undefined : name)}
                >
                  {secret ? 'Replace…' : 'Set…'}
                </Button>
                {actions?.(name)}
                {secret && (
                  <Button color="error" aria-label={`Delete ${name}`} onClick={() => setDeleting(name)}>
                    Delete…
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
          title={`Delete ${deleting}?`}
          text={`Its value is gone for good. ${usersText(known?.get(deleting)?.usedBy ?? [])}`}
          name={deleting}
          action="Delete"
          onConfirm={async () => {
            await hub.director('delete_secret', { application, name: deleting });
            say(`${deleting} is deleted.`);
            reload();
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </>
  );
}

function WhenSet({ secret, isRead }: { secret: SecretInfo | undefined; isRead: boolean }) {
  return (
    <Typography variant="body2" color={secret || !isRead ? 'textSecondary' : 'warning'}>
      {secret ? `set ${timeText(secret.updatedAt)}` : isRead ? 'has no value yet' : '…'}
    </Typography>
  );
}

function usersText(usedBy: readonly string[]): string {
  return usedBy.length === 0 ? 'No service uses it.' : `Used by: ${usedBy.join(', ')}.`;
}
