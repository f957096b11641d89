/** The window: sidebar, page, dock, notices. Without a deployment there is the welcome page and nothing else. */
import Box from '@mui/material/Box';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider, useColorScheme } from '@mui/material/styles';
import { useEffect } from 'react';
import { Dock } from './components/dock.tsx';
import { DropAnywhere } from './components/drop-anywhere.tsx';
import { Notices } from './components/notices.tsx';
import { SessionBanner } from './components/session-banner.tsx';
import { Sidebar } from './components/sidebar.tsx';
import { ActivityPage } from './pages/activity.tsx';
import { ApplicationPage } from './pages/application.tsx';
import { ApplicationsPage } from './pages/applications.tsx';
import { HelpPage } from './pages/help.tsx';
import { MethodsPage } from './pages/methods.tsx';
import { NewApplicationPage } from './pages/new-application.tsx';
import { ServicePage } from './pages/service.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { WelcomePage } from './pages/welcome.tsx';
import { usePreferences } from './stores/preferences.ts';
import { type Route, useRoute } from './stores/route.ts';
import { useSession } from './stores/session.ts';
import { theme } from './theme/theme.ts';

export function App() {
  return (
    <ThemeProvider theme={theme} defaultMode="system">
      <CssBaseline />
      <ThemeInForce />
      <Frame />
      <Notices />
    </ThemeProvider>
  );
}

/** Our preference decides; MUI follows it. */
function ThemeInForce() {
  const preferred = usePreferences((store) => store.theme);
  const { setMode } = useColorScheme();
  useEffect(() => setMode(preferred), [preferred, setMode]);
  return null;
}

function Frame() {
  const session = useSession((store) => store.session);
  const route = useRoute();
  if (!session) return <Box component="main" aria-busy="true" />;
  if (session.state !== 'connected' && session.state !== 'lost' && session.state !== 'resuming') {
    return <WelcomePage session={session} />;
  }
  return (
    <DropAnywhere>
      <Box sx={{ display: 'flex', height: '100%' }}>
        <Sidebar route={route} deployment={session.deployment} lost={session.state === 'lost'} />
        <Box sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column' }}>
          {session.state === 'lost' && <SessionBanner since={session.since} />}
          <Box component="main" sx={{ flex: 1, minHeight: 0, overflow: 'auto' }}>
            <PageOf route={route} />
          </Box>
          <Dock />
        </Box>
      </Box>
    </DropAnywhere>
  );
}

function PageOf({ route }: { route: Route }) {
  switch (route.page) {
    case 'applications':
      return <ApplicationsPage />;
    case 'new':
      return <NewApplicationPage />;
    case 'application':
      return <ApplicationPage key={route.application} id={route.application} />;
    case 'service':
      return (
        <ServicePage
          key={`${route.application}/${route.service}`}
          application={route.application}
          name={route.service}
        />
      );
    case 'activity':
      return <ActivityPage />;
    case 'settings':
      return <SettingsPage />;
    case 'help':
      return <HelpPage />;
    case 'methods':
      return <MethodsPage />;
  }
}
