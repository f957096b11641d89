import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Paper from '@mui/material/Paper';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import { Facts } from '../components/facts.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Page } from '../components/page.tsx';
import { UpdatesSection } from '../components/updates-section.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { DirectorSection } from '../director/director-section.tsx';
import { desktop } from '../hub/desktop.ts';
import { Choice } from '../settings/choice.tsx';
import { LogSpace } from '../settings/log-space.tsx';
import { ProxyChoice } from '../settings/proxy-choice.tsx';
import { ResetDialog } from '../settings/reset-dialog.tsx';
import { languageNames, useSettingsTexts } from '../settings/texts.ts';
import { prefer, usePreferences } from '../stores/preferences.ts';
import { useSession } from '../stores/session.ts';

export function SettingsPage() {
  const texts = useSettingsTexts();
  const { theme, density, language, notifications } = usePreferences();
  const session = useSession((store) => store.session);
  const { value: about } = useLoaded(() => desktop.about(), []);
  const [resetting, setResetting] = useState(false);
  const opened = useAction(() => desktop.openDataDirectory());
  const deployment = session && 'deployment' in session ? session.deployment : undefined;
  return (
    <Page title={texts.title}>
      <Box sx={{ maxWidth: 720, display: 'flex', flexDirection: 'column', gap: 3 }}>
        <Section title={texts.appearance}>
          <Paper sx={{ px: 2, py: 1 }}>
            <Choice
              label={texts.theme}
              value={theme}
              values={texts.themes}
              onChange={(chosen) => prefer({ theme: chosen })}
            />
            <Choice
              label={texts.density}
              value={density}
              values={texts.densities}
              onChange={(chosen) => prefer({ density: chosen })}
            />
            <Choice
              label={texts.language}
              value={language}
              values={languageNames}
              onChange={(chosen) => prefer({ language: chosen })}
            />
          </Paper>
        </Section>
        <Section title={texts.notifications}>
          <Paper sx={{ px: 2, py: 1 }}>
            <FormControlLabel
              label={texts.notify}
              control={
                <Switch
                  size="small"
                  checked={notifications}
                  onChange={(_event, on) => prefer({ notifications: on })}
                  sx={{ mr: 1 }}
                />
              }
            />
          </Paper>
        </Section>
        <Section title={texts.network}>
          <Paper sx={{ px: 2, py: 1 }}>
            <ProxyChoice />
          </Paper>
        </Section>
        {deployment && (
          <Section title={texts.deployment}>
            <Facts
              label={texts.deployment}
              rows={[
                [texts.name, deployment.name],
                [texts.cloud, deployment.cloud],
                [texts.user, deployment.user],
                [texts.protection, deployment.protection],
              ]}
            />
            <DirectorSection key={deployment.id} name={deployment.name} />
          </Section>
        )}
        <Section title={texts.data}>
          <Paper sx={{ px: 2, py: 1.5, display: 'flex', alignItems: 'center', gap: 2 }}>
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Typography component="code" sx={{ fontSize: '0.8125rem', overflowWrap: 'anywhere' }}>
                {about?.dataDirectory}
              </Typography>
              <Typography variant="body2" color="textSecondary">
                {texts.dataText}
              </Typography>
            </Box>
            <Button variant="outlined" disabled={opened.busy} onClick={() => opened.run()}>
              {texts.openData}
            </Button>
          </Paper>
          {opened.failure && <FailureNotice failure={opened.failure} onRetry={() => opened.run()} sx={{ mt: 1 }} />}
        </Section>
        <Section title={texts.logs}>
          <LogSpace />
        </Section>
        <UpdatesSection />
        <Section title={texts.program}>
          <Facts
            label={texts.program}
            rows={[
              [texts.version, about?.version ?? ''],
              [texts.electron, about?.electron ?? ''],
            ]}
          />
        </Section>
        <Section title={texts.reset}>
          <Typography color="textSecondary" variant="body2" sx={{ mb: 1 }}>
            {texts.resetText}
          </Typography>
          <Button variant="outlined" onClick={() => setResetting(true)}>
            {texts.resetAction}
          </Button>
        </Section>
      </Box>
      {resetting && <ResetDialog onClose={() => setResetting(false)} />}
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
        {title}
      </Typography>
      {children}
    </section>
  );
}
