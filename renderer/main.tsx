import './theme/fonts.css';
import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import '@xterm/xterm/css/xterm.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { hub } from './hub/client.ts';
import { takeFirstSight } from './stores/first-sight.ts';
import { followHub } from './stores/follow.ts';
import { applyPreferences } from './stores/preferences.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// The nonce of this page: without it the content security policy refuses the styles that the theme makes.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
const cache = createCache({ key: 'c', nonce, prepend: true });

applyPreferences();
const hasSight = takeFirstSight();
followHub(hub);
createRoot(root).render(
  <StrictMode>
    <CacheProvider value={cache}>
      <App />
    </CacheProvider>
  </StrictMode>,
);

// What can be shown already is painted first: starting the hub would take the processor from it.
if (hasSight) requestAnimationFrame(() => setTimeout(() => hub.connect()));
else hub.connect();
