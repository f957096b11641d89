/** Deleting several applications: the list of them, and `delete 12` typed. */
import Box from '@mui/material/Box';
import { useState } from 'react';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { ConfirmTyped } from '../components/confirm-typed.tsx';
import { hub } from '../hub/client.ts';
import { select } from '../stores/applications-view.ts';
import { say } from '../stores/notices.ts';
import { each, failuresText } from './bulk.ts';
import { useApplicationsTexts } from './texts.ts';

export interface DeleteSeveralProps {
  readonly applications: readonly ApplicationSummary[];
  readonly onClose: () => void;
}

export function DeleteSeveral({ applications, onClose }: DeleteSeveralProps) {
  const texts = useApplicationsTexts();
  // What was confirmed is what is deleted, however the list changes meanwhile.
  const [chosen] = useState(applications);
  const [only] = chosen;
  const confirm = async () => {
    const result = await each(chosen, ({ id, name }) =>
      hub.director('delete_application', { application: id, confirm: name }),
    );
    if (result.done > 0) say(texts.bulk.deleting(result.done));
    if (result.failures.length > 0) say(failuresText(result), { level: 'warning' });
    select([]);
  };
  return (
    <ConfirmTyped
      title={texts.deleteSeveral.title(chosen.length)}
      text={texts.deleteSeveral.text}
      wanted={chosen.length === 1 && only ? only.name : texts.deleteSeveral.words(chosen.length)}
      action={texts.deleteSeveral.action}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Box
        component="ul"
        tabIndex={0}
        aria-label={texts.deleteSeveral.list}
        sx={{
          maxHeight: 200,
          overflow: 'auto',
          flexShrink: 0,
          bgcolor: 'sunken',
          borderRadius: 1,
          my: 0,
          py: 1,
          pl: 4,
        }}
      >
        {chosen.map(({ id, name, nodes }) => (
          <li key={id}>{texts.deleteSeveral.one(name, nodes.wanted)}</li>
        ))}
      </Box>
    </ConfirmTyped>
  );
}
