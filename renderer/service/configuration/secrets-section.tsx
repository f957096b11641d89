/** Secrets of a service: those that its code gets. */
import Button from '@mui/material/Button';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { withUndo } from '../../actions/with-undo.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Section } from '../../components/section.tsx';
import { useAction } from '../../components/use-action.ts';
import { hub } from '../../hub/client.ts';
import { SecretsTable } from '../../secrets/secrets-table.tsx';
import { useSecrets } from '../../secrets/use-secrets.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { useConfigurationTexts } from './texts.ts';
import { isVariableName, VariableName } from './variable-name.tsx';

export function SecretsSection({ application, service, onChanged }: ServiceTabProps) {
  const texts = useConfigurationTexts().secrets;
  const secrets = useSecrets(application.id, service.secrets);
  const { known, failure, reload } = secrets;
  const [name, setName] = useState('');
  const give = (names: readonly string[]) =>
    hub.manager(application.id, 'set_service_secrets', { service: service.name, secrets: [...names] });
  const changeNames = useAction(async (names: readonly string[], text: string) => {
    const before = service.secrets;
    await withUndo({ said: text, act: () => give(names), undo: () => give(before) });
    onChanged();
    reload();
  });
  const others = [...(known?.keys() ?? [])].filter((one) => !service.secrets.includes(one) && isVariableName(one));
  return (
    <Section title={texts.title} text={texts.text}>
      <SecretsTable
        label={texts.title}
        application={application.id}
        names={service.secrets}
        secrets={secrets}
        actions={(secret) => (
          <Button
            color="secondary"
            aria-label={texts.takeAwayLabel(secret)}
            disabled={changeNames.busy}
            onClick={() =>
              changeNames.run(
                service.secrets.filter((one) => one !== secret),
                texts.takenAway(service.name, secret),
              )
            }
          >
            {texts.takeAway}
          </Button>
        )}
      >
        <TableRow sx={{ '& td': { borderBottom: 0 } }}>
          <TableCell sx={{ verticalAlign: 'top' }}>
            <VariableName label={texts.newName} value={name} onChange={setName} />
          </TableCell>
          <TableCell colSpan={2} sx={{ verticalAlign: 'top' }}>
            <Button
              disabled={!isVariableName(name) || service.secrets.includes(name) || changeNames.busy}
              onClick={() => {
                changeNames.run([...service.secrets, name], texts.given(service.name, name));
                secrets.setSetting(known?.has(name) ? undefined : name);
                setName('');
              }}
            >
              {texts.give}
            </Button>
            {others.length > 0 && (
              <Typography variant="caption" color="textSecondary" sx={{ ml: 1 }}>
                {texts.others(others.slice(0, 8))}
              </Typography>
            )}
          </TableCell>
        </TableRow>
      </SecretsTable>
      {[failure, changeNames.failure].map(
        (one) =>
          one && (
            <FailureNotice
              key={one.message}
              failure={one}
              onRetry={one === failure ? reload : undefined}
              sx={{ mt: 1.5 }}
            />
          ),
      )}
    </Section>
  );
}
