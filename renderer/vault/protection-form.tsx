/** How the vault is protected: choosing another way, or another passphrase. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { VaultStatus } from '../../main/hub/protocol.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Form } from '../components/form.tsx';
import { noPassphrase, PassphraseFields, passphraseOf } from '../components/passphrase-fields.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { useVaultTexts } from './texts.ts';

type Kind = NonNullable<VaultStatus['protection']>;

export interface ProtectionFormProps {
  readonly status: VaultStatus;
  /** Ways to choose from: a key file does not do for credentials of clouds. */
  readonly kinds: readonly Kind[];
  readonly onProtected: (status: VaultStatus) => void;
  readonly onCancel: () => void;
  /** Its buttons stand where those of dialogs do. */
  readonly inDialog?: boolean;
}

export function ProtectionForm({ status, kinds, onProtected, onCancel, inDialog = false }: ProtectionFormProps) {
  const texts = useVaultTexts().protection;
  const noKeychain = 'reason' in status.keychain ? status.keychain.reason : undefined;
  const first = kinds.find((kind) => kind !== status.protection && !(kind === 'keychain' && noKeychain));
  const [kind, setKind] = useState<Kind>(first ?? 'passphrase');
  const [typed, setTyped] = useState(noPassphrase);
  const [current, setCurrent] = useState('');
  const passphrase = passphraseOf(typed);
  const asksCurrent = status.protection === 'passphrase';
  const ready = (kind !== 'passphrase' || passphrase !== undefined) && (!asksCurrent || current !== '');
  const protect = useAction(async () => {
    const how = kind === 'passphrase' ? { kind, passphrase: passphrase ?? '' } : { kind };
    const known = asksCurrent ? { current } : {};
    setTyped(noPassphrase);
    setCurrent('');
    onProtected(await hub.call('protect_vault', { how, ...known }));
  });
  const cancel = (
    <Button color="secondary" onClick={onCancel}>
      {texts.cancel}
    </Button>
  );
  return (
    <Form
      ready={ready}
      onSubmit={() => protect.run()}
      sx={{ display: 'flex', flexDirection: 'column', gap: 2, ...(inDialog ? {} : { maxWidth: 480 }) }}
    >
      <RadioGroup
        aria-label={texts.label}
        value={kind}
        onChange={(_event, value) => setKind(kinds.find((one) => one === value) ?? kind)}
      >
        {kinds.map((one) => (
          <FormControlLabel
            key={one}
            value={one}
            disabled={one === 'keychain' && noKeychain !== undefined}
            control={<Radio size="small" />}
            sx={{ alignItems: 'flex-start', mb: 1 }}
            label={
              <Box sx={{ pt: 0.75 }}>
                <Typography variant="body2" sx={{ fontWeight: 600 }}>
                  {texts.kinds[one].title}
                </Typography>
                <Typography variant="body2" color="textSecondary">
                  {one === 'keychain' && noKeychain ? noKeychain : texts.kinds[one].text}
                </Typography>
              </Box>
            }
          />
        ))}
      </RadioGroup>
      {asksCurrent && (
        <TextField
          type="password"
          autoComplete="current-password"
          label={texts.present}
          value={current}
          onChange={({ target }) => setCurrent(target.value)}
        />
      )}
      {kind === 'passphrase' && <PassphraseFields label={texts.next} value={typed} onChange={setTyped} />}
      {protect.failure && <FailureNotice failure={protect.failure} />}
      <Box sx={{ display: 'flex', gap: 1, ...(inDialog ? { justifyContent: 'flex-end' } : {}) }}>
        {inDialog && cancel}
        <Button type="submit" variant="contained" disabled={!ready || protect.busy}>
          {protect.busy ? texts.busy : texts.protect}
        </Button>
        {!inDialog && cancel}
      </Box>
    </Form>
  );
}
