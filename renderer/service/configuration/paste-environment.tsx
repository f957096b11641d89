/** The text of an .env file: what it would set, and what is wrong with its lines, before anything is taken over. */
import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { parseEnvText } from '../env-text.ts';
import { useConfigurationTexts } from './texts.ts';

export interface PasteEnvironmentProps {
  readonly present: Readonly<Record<string, string>>;
  readonly onTake: (variables: Readonly<Record<string, string>>) => void;
  readonly onClose: () => void;
}

export function PasteEnvironment({ present, onTake, onClose }: PasteEnvironmentProps) {
  const { paste: texts, environment } = useConfigurationTexts();
  const [text, setText] = useState('');
  const { variables, problems } = parseEnvText(text);
  const take = useAction(async () => {
    onTake(Object.fromEntries(variables.map(({ name, value }) => [name, value])));
    onClose();
  });
  const change = (name: string, value: string): string => {
    if (present[name] === undefined) return environment.isNew;
    return present[name] === value ? environment.asItIs : environment.isChanged;
  };
  return (
    <FormDialog
      title={texts.title}
      action={texts.action(variables.length, problems.length)}
      ready={variables.length > 0}
      work={take}
      maxWidth="md"
      onClose={onClose}
    >
      <TextField
        autoFocus
        fullWidth
        multiline
        minRows={6}
        maxRows={12}
        label={texts.label}
        value={text}
        onChange={({ target }) => setText(target.value)}
        slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace' } } }}
        sx={{ mt: 1 }}
      />
      {problems.length > 0 && (
        <Box component="ul" role="alert" aria-label={texts.problems} sx={{ pl: 2.5, my: 0 }}>
          {problems.map(({ line, message }) => (
            <Typography component="li" variant="body2" color="error" key={line}>
              {texts.problem(line, message)}
            </Typography>
          ))}
        </Box>
      )}
      {variables.length > 0 && (
        <Box
          component="ul"
          aria-label={texts.wouldBeSet}
          sx={{ pl: 2.5, my: 0, maxHeight: 220, overflow: 'auto', flexShrink: 0 }}
        >
          {variables.map(({ name, value }) => (
            <Box component="li" key={name} sx={{ overflowWrap: 'anywhere' }}>
              <code>
                {name}={value.length > 60 ? `${value.slice(0, 60)}…` : value}
              </code>{' '}
              <Typography component="span" variant="caption" color="textSecondary">
                {change(name, value)}
              </Typography>
            </Box>
          ))}
        </Box>
      )}
    </FormDialog>
  );
}
