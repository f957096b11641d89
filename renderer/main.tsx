import './theme/fonts.css';
import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import '@xterm/xterm/css/xterm.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, fetchPage } from './app.tsx';
import { hub } from './hub/client.ts';
import { takeFirstSight } from './stores/first-sight.ts';
import { followHub } from './stores/follow.ts';
import { painted } from './stores/painted.ts';
import { applyPreferences } from './stores/preferences.ts';
import { currentRoute } from './stores/route.ts';
import { hasPages, useSession } from './stores/session.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// The nonce of this page: without it the content security policy refuses the styles that the theme makes.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
// Without the plug-in that adds prefixes, which this browser needs none of and each style would wait for.
const cache = createCache({ key: 'c', nonce, prepend: true, stylisPlugins: [] });

applyPreferences();
const hasSight = takeFirstSight();
followHub(hub);
void draw(root);

async function draw(root: HTMLElement): Promise<void> {
  const { session } = useSession.getState();
  // One paint with the page in it instead of two. A page that cannot be fetched says so itself.
  if (session && hasPages(session)) await fetchPage(currentRoute()).catch(() => undefined);
  createRoot(root).render(
    <StrictMode>
      <CacheProvider value={cache}>
        <App />
      </CacheProvider>
    </StrictMode>,
  );
  // What can be shown already is painted first: starting the hub would take the processor from it.
  if (hasSight) await painted;
  hub.connect();
}
