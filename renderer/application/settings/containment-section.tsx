/** That an application may run without a sandbox where there is none: accepted in words, taken back by a button. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { useState } from 'react';
import type { uncontainedWords } from '../../../remote/core/contract/manager.ts';
import { ConfirmByName } from '../../components/confirm-by-name.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Section } from '../../components/section.tsx';
import { timeText } from '../../components/time.ts';
import { useAction } from '../../components/use-action.ts';
import { hub } from '../../hub/client.ts';

/** The page knows types of the contract only; this one says what its value must be. */
const wordsOfAcceptance: typeof uncontainedWords = 'hosted code may read everything on its machines';

interface ContainmentSectionProps {
  readonly application: string;
  readonly name: string;
  readonly accepted: { readonly by: string; readonly at: number } | undefined;
  readonly onChanged: () => void;
}

export function ContainmentSection({ application, name, accepted, onChanged }: ContainmentSectionProps) {
  const [asking, setAsking] = useState(false);
  const accept = async (words: string | null): Promise<void> => {
    await hub.manager(application, 'accept_uncontained', { words });
    onChanged();
  };
  const undo = useAction(() => accept(null));
  return (
    <Section
      title="Containment"
      text="Code runs in a sandbox. On a machine that cannot make one, it is refused unless you accept that in words."
    >
      {accepted ? (
        <Alert
          severity="warning"
          variant="outlined"
          action={
            <Button color="inherit" disabled={undo.busy} onClick={() => undo.run()}>
              Take it back
            </Button>
          }
        >
          {accepted.by} accepted on {timeText(accepted.at)} that {name} runs without one where there is none.
        </Alert>
      ) : (
        <Button variant="outlined" onClick={() => setAsking(true)}>
          Run without a sandbox where there is none…
        </Button>
      )}
      {undo.failure && <FailureNotice failure={undo.failure} />}
      {asking && (
        <ConfirmByName
          title={`Run ${name} without a sandbox?`}
          text="On machines that cannot make one, its code will run with the rights of the agent, and may read what is there, keys of others included."
          name={wordsOfAcceptance}
          action="Accept"
          onConfirm={() => accept(wordsOfAcceptance)}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  );
}
