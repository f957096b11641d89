/** The window: sidebar, page, dock, notices. Without a deployment there is the welcome page and nothing else. */
import Box from '@mui/material/Box';
import CssBaseline from '@mui/material/CssBaseline';
import Skeleton from '@mui/material/Skeleton';
import { ThemeProvider, useColorScheme } from '@mui/material/styles';
import { type ComponentType, useEffect, useState } from 'react';
import { useManifestActions } from './actions/manifest-actions.ts';
import { useMenu } from './actions/menu.ts';
import { listenForShortcuts } from './actions/shortcuts.ts';
import { useWindowActions } from './actions/window-actions.ts';
import { Contained } from './components/contained.tsx';
import { DropAnywhere } from './components/drop-anywhere.tsx';
import { type Later, later } from './components/later.tsx';
import { LockScreen } from './components/lock-screen.tsx';
import { Notices } from './components/notices.tsx';
import { SessionBanner } from './components/session-banner.tsx';
import { Sidebar } from './components/sidebar.tsx';
import { componentTexts, useComponentTexts } from './components/texts/common.ts';
import { DropSheetHost } from './deploy/drop-sheet-host.tsx';
import { Dock } from './dock/dock.tsx';
import { WelcomePage } from './pages/welcome.tsx';
import { pages } from './pages.ts';
import { Overlays } from './palette/overlays.tsx';
import { useDirectors } from './stores/directors.ts';
import { usePainted } from './stores/painted.ts';
import { usePreferences } from './stores/preferences.ts';
import { type Route, useRoute } from './stores/route.ts';
import { hasPages, useSession } from './stores/session.ts';
import { useWindowTheme } from './theme/theme.ts';

type AnyPage = ComponentType<{ readonly route: Route }>;

const UpgradeBanner = later(async () => (await import('./upgrade/upgrade-banner.tsx')).UpgradeBanner);

/** One component a page, for the life of the window. */
const contents: ReadonlyMap<string, Later<{ readonly route: Route }>> = new Map(
  Object.entries(pages).map(([page, load]) => [page, later(async () => (await load()) as AnyPage, PageSkeleton)]),
);

/** Fetches the page of a route, so that it is there when the window is first painted. */
export async function fetchPage(route: Route): Promise<void> {
  await contents.get(route.page)?.fetch();
}

export function App() {
  const texts = useComponentTexts().contained;
  return (
    <ThemeProvider theme={useWindowTheme()} defaultMode="system" storageManager={null}>
      <CssBaseline />
      <ThemeInForce />
      <Contained what={texts.window} as="page">
        <Frame />
      </Contained>
      <Contained what={texts.opened} as="over">
        <Overlays />
      </Contained>
      <Notices />
      <LockScreen />
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
  const several = useDirectors(({ list }) => list.directors.length > 1);
  const chosen = useDirectors((store) => store.chosen);
  const route = useRoute();
  const painted = usePainted();
  useWindowActions();
  useManifestActions();
  useEffect(listenForShortcuts, []);
  useMenu();
  const paged = session !== undefined && hasPages(session);
  const kept = useKept(paged, chosen) && session?.state !== 'absent';
  if (!session) return <Box component="main" aria-busy="true" />;
  const { state } = session;
  // The lock screen is over everything.
  const locked = state === 'locked';
  if (state === 'absent' || !(several || paged || kept)) {
    return locked || paged ? null : <WelcomePage session={session} />;
  }
  const framed = several || paged || locked;
  return (
    <DropAnywhere>
      <Box sx={{ display: 'flex', height: '100%' }}>
        {framed && <Sidebar route={route} session={session} />}
        <Box sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column' }}>
          {state === 'lost' && <SessionBanner session={session} />}
          {painted && paged && <UpgradeBanner key={`upgrade ${chosen}`} />}
          <Box component="main" sx={{ flex: 1, minHeight: 0, overflow: 'auto' }}>
            {route.page === 'welcome' ? (
              <WelcomePage session={{ state: 'absent' }} inside />
            ) : (
              <>
                {(paged || kept) && (
                  // While it starts anew, or has failed, the page waits out of sight with all that was typed there.
                  <Box sx={{ display: paged || locked ? 'contents' : 'none' }}>
                    <PageOf key={chosen} route={route} />
                  </Box>
                )}
                {!paged && !locked && <WelcomePage session={session} inside />}
              </>
            )}
          </Box>
          {framed && <Dock key={chosen} />}
        </Box>
      </Box>
      <Contained what={componentTexts().contained.sheet} as="over">
        <DropSheetHost />
      </Contained>
    </DropAnywhere>
  );
}

/** Whether the pages of a director were shown: from then on they are kept, whatever becomes of the connection. */
function useKept(paged: boolean, director: string | undefined): boolean {
  const [shown, setShown] = useState<{ readonly director: string | undefined }>();
  if (paged && shown?.director !== director) setShown({ director });
  return shown !== undefined && shown.director === director;
}

function PageOf({ route }: { route: Route }) {
  const Content = contents.get(route.page) ?? contents.get('applications');
  if (!Content) return null;
  const { application, service } = { application: undefined, service: undefined, ...route };
  return (
    <Contained key={[route.page, application, service].join('/')} what={componentTexts().contained.page} as="page">
      <Content route={route} />
    </Contained>
  );
}

function PageSkeleton() {
  return (
    <Box sx={{ maxWidth: 1180, mx: 'auto', px: 4, py: 3 }} aria-busy="true">
      <Skeleton width={200} height={40} />
      <Skeleton variant="rounded" height={220} sx={{ mt: 2 }} />
    </Box>
  );
}
