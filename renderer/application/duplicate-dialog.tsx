/** A new application like this one: name it, and say what its secrets are. */
import FormControlLabel from '@mui/material/FormControlLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { CloudChoice } from '../clouds/cloud-choice.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { FormDialog } from '../components/form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { go } from '../stores/route.ts';
import { useApplicationTexts } from './texts.ts';

export interface DuplicateDialogProps {
  readonly id: string;
  readonly name: string;
  /** That the application is on; undefined: its director does not tell. */
  readonly cloud: string | undefined;
  readonly onClose: () => void;
}

type Secrets = 'copy' | 'ask';

export function DuplicateDialog({ id, name, cloud: own, onClose }: DuplicateDialogProps) {
  const texts = useApplicationTexts().duplicate;
  const [typed, setTyped] = useState(texts.copyOf(name));
  const [cloud, setCloud] = useState<string>();
  const [way, setWay] = useState<Secrets>('copy');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const { value: all, failure, reload } = useLoaded(() => hub.director('list_secrets', { application: id }), [id]);
  // Those that a service names; generated passwords are made anew.
  const secrets = (all ?? []).filter(({ usedBy }) => usedBy.length > 0).map((secret) => secret.name);
  const wanted = typed.trim();
  const isComplete = way === 'copy' || secrets.every((secret) => values[secret]);
  const duplicate = useAction(async () => {
    const { application } = await hub.director('duplicate_application', {
      application: id,
      name: wanted,
      ...(cloud === undefined ? {} : { cloud }),
      ...(way === 'copy' ? { copySecrets: secrets } : { secrets: { ...values } }),
    });
    setValues({});
    onClose();
    go({ page: 'application', application });
  });
  return (
    <FormDialog
      title={texts.title(name)}
      text={texts.text}
      action={texts.action}
      ready={all !== undefined && wanted !== '' && isComplete}
      work={duplicate}
      onClose={onClose}
    >
      <TextField
        autoFocus
        fullWidth
        label={texts.label}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        slotProps={{ htmlInput: { maxLength: 100 } }}
      />
      {own !== undefined && (
        <CloudChoice
          value={cloud}
          usual={{ name: own, text: texts.sameCloud(own), hint: texts.cloudHint }}
          onChange={setCloud}
        />
      )}
      {failure && <FailureNotice title={texts.secretsFailed} failure={failure} onRetry={reload} />}
      {!all && !failure && <Skeleton height={48} />}
      {secrets.length > 0 && (
        <RadioGroup
          aria-label={texts.secrets}
          value={way}
          onChange={({ target }) => setWay(target.value === 'ask' ? 'ask' : 'copy')}
        >
          <FormControlLabel value="copy" control={<Radio size="small" />} label={texts.copySecrets(secrets)} />
          <FormControlLabel value="ask" control={<Radio size="small" />} label={texts.askSecrets} />
        </RadioGroup>
      )}
      {way === 'ask' &&
        secrets.map((secret) => (
          <TextField
            key={secret}
            fullWidth
            type="password"
            autoComplete="off"
            label={secret}
            value={values[secret] ?? ''}
            onChange={({ target }) => setValues({ ...values, [secret]: target.value })}
          />
        ))}
    </FormDialog>
  );
}
