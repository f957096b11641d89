/**
 * The proxy of what this program itself fetches from the web, which is its updates. Pages fetch nothing; directors and
 * clouds are called by the hub, directly.
 */
import { app, type ProxyConfig, type Session, session } from 'electron';
import type { Preferences } from '../preferences.ts';

const sessions = new Set<Session>();

/** Follows the preference in every session there is and will be. @returns what is called when it was changed */
export function followProxy(proxy: () => Preferences['proxy'], log: (line: string) => void): () => Promise<void> {
  const follow = (one: Session): Promise<void> => {
    sessions.add(one);
    return one.setProxy(configOf(proxy()));
  };
  const quietly = (one: Session): void =>
    void follow(one).catch((error: unknown) => log(`the proxy could not be set: ${String(error)}`));
  app.on('session-created', quietly);
  quietly(session.defaultSession);
  return async () => {
    await Promise.all([...sessions].map(follow));
  };
}

function configOf(proxy: Preferences['proxy']): ProxyConfig {
  if (proxy === 'system' || proxy === 'direct') return { mode: proxy };
  return { mode: 'fixed_servers', proxyRules: proxy, proxyBypassRules: '<local>' };
}
