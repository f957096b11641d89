/** The colours in force, for what is drawn on a canvas and cannot use the theme's variables. */
import { useSyncExternalStore } from 'react';
import { themeInForce } from '../stores/preferences.ts';
import { dark, light, type Tokens } from '../theme/tokens.ts';

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

export function useTokens(): Tokens {
  return useSyncExternalStore(subscribe, themeInForce) === 'dark' ? dark : light;
}
