/** Adding a credential: typed, or found in the files of other tools. The cloud is asked at once whether it works. */
import { useState } from 'react';
import type { CloudKindInfo, HubResults } from '../../main/hub/protocol.ts';
import { NamedFormDialog } from '../components/named-form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { ProtectFirst } from '../vault/protect-first.tsx';
import { CredentialFields, fieldsOf, typedFields } from './credential-fields.tsx';
import { useCloudTexts } from './texts.ts';

export type Credential = HubResults['add_credential'];

export interface CredentialDialogProps {
  readonly kind: CloudKindInfo;
  readonly onAdded: (credential: Credential) => void;
  readonly onClose: () => void;
}

export function CredentialDialog(props: CredentialDialogProps) {
  const texts = useCloudTexts().credential;
  return (
    <ProtectFirst title={texts.protect} text={texts.protectText} onClose={props.onClose}>
      <Fields {...props} />
    </ProtectFirst>
  );
}

function Fields({ kind, onAdded, onClose }: CredentialDialogProps) {
  const texts = useCloudTexts().credential;
  const [name, setName] = useState('');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const required = fieldsOf(kind.schema).filter((field) => field.required);
  const add = useAction(async () => {
    const fields = typedFields(kind.schema, values);
    const added = await hub.call('add_credential', { name: name.trim(), kind: kind.kind, fields });
    setValues({});
    onAdded(added);
    onClose();
  });
  return (
    <NamedFormDialog
      title={texts.title(kind.title)}
      text={kind.description}
      name={{ label: texts.name, hint: texts.nameHint, value: name, valid: name.trim() !== '', onChange: setName }}
      action={add.busy ? texts.checking : texts.checkAndAdd}
      ready={required.every(({ key }) => (values[key] ?? '') !== '')}
      work={add}
      failureTitle={texts.notAdded}
      onClose={onClose}
    >
      <CredentialFields
        schema={kind.schema}
        values={values}
        problems={Object.fromEntries((add.failure?.places ?? []).map(({ path, message }) => [path, message]))}
        onChange={(changed) => {
          // What was wrong is asked anew.
          add.clear();
          setValues(changed);
        }}
      />
    </NamedFormDialog>
  );
}
