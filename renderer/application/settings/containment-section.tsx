/** That an application may run without a sandbox where there is none: accepted in words, taken back by a button. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { ConfirmByName } from '../../components/confirm-by-name.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Section } from '../../components/section.tsx';
import { timeText } from '../../components/time.ts';
import { useAction } from '../../components/use-action.ts';
import { hub } from '../../hub/client.ts';
import { useApplicationSettingsTexts, wordsOfAcceptance } from './texts.ts';

interface ContainmentSectionProps {
  readonly application: string;
  readonly name: string;
  readonly accepted: { readonly by: string; readonly at: number } | undefined;
  readonly onChanged: () => void;
}

export function ContainmentSection({ application, name, accepted, onChanged }: ContainmentSectionProps) {
  const texts = useApplicationSettingsTexts().containment;
  const [asking, setAsking] = useState(false);
  const accept = async (words: string | null): Promise<void> => {
    await hub.manager(application, 'accept_uncontained', { words });
    onChanged();
  };
  const undo = useAction(() => accept(null));
  return (
    <Section title={texts.title} text={texts.text}>
      {accepted ? (
        <Alert
          severity="warning"
          variant="outlined"
          action={
            <Button color="inherit" disabled={undo.busy} onClick={() => undo.run()}>
              {texts.takeBack}
            </Button>
          }
        >
          {texts.accepted(accepted.by, timeText(accepted.at), name)}
        </Alert>
      ) : (
        <Button variant="outlined" onClick={() => setAsking(true)}>
          {texts.run}
        </Button>
      )}
      {undo.failure && <FailureNotice failure={undo.failure} />}
      {asking && (
        <ConfirmByName
          title={texts.question(name)}
          text={texts.questionText}
          name={wordsOfAcceptance}
          action={texts.accept}
          onConfirm={() => accept(wordsOfAcceptance)}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  );
}
