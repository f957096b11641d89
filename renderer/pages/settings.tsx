import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import Paper from '@mui/material/Paper';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Typography from '@mui/material/Typography';
import type { Preferences } from '../../main/desktop.ts';
import { Facts } from '../components/facts.tsx';
import { Page } from '../components/page.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { desktop } from '../hub/desktop.ts';
import { prefer, usePreferences } from '../stores/preferences.ts';
import { useSession } from '../stores/session.ts';

type Theme = Preferences['theme'];

const themes: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function SettingsPage() {
  const theme = usePreferences((store) => store.theme);
  const session = useSession((store) => store.session);
  const { value: about } = useLoaded(() => desktop.about(), []);
  const deployment = session?.state === 'connected' || session?.state === 'lost' ? session.deployment : undefined;
  return (
    <Page title="Settings">
      <Box sx={{ maxWidth: 680, display: 'flex', flexDirection: 'column', gap: 3 }}>
        <section>
          <Typography component="h2" variant="h2" id="appearance" sx={{ mb: 1 }}>
            Appearance
          </Typography>
          <Paper sx={{ px: 2, py: 1 }}>
            <RadioGroup
              row
              aria-labelledby="appearance"
              value={theme}
              onChange={(_event, value) => prefer({ theme: value as Theme })}
            >
              {themes.map(({ value, label }) => (
                <FormControlLabel key={value} value={value} label={label} control={<Radio size="small" />} />
              ))}
            </RadioGroup>
          </Paper>
        </section>
        {deployment && (
          <section>
            <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
              Deployment
            </Typography>
            <Facts
              label="Deployment"
              rows={[
                ['Name', deployment.name],
                ['Cloud', deployment.cloud],
                ['You are', deployment.user],
                ['Keys are protected by', deployment.protection],
              ]}
            />
          </section>
        )}
        <section>
          <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
            This program
          </Typography>
          <Facts
            label="This program"
            rows={[
              ['Version', about?.version ?? ''],
              ['Electron', about?.electron ?? ''],
              ['Data directory', about?.dataDirectory ?? ''],
            ]}
          />
        </section>
      </Box>
    </Page>
  );
}
