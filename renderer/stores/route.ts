/** Where the user is: kept in the address's hash, so that back and forward work. */
import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly page: 'applications' }
  | { readonly page: 'new' }
  /** With the id of a document: that; without: what can be opened. (An application's manifest is a tab of it.) */
  | { readonly page: 'editor'; readonly document?: string | undefined }
  /** Without a tab: the first one. Likewise below. */
  | { readonly page: 'application'; readonly application: string; readonly tab?: string | undefined }
  | {
      readonly page: 'service';
      readonly application: string;
      readonly service: string;
      readonly tab?: string | undefined;
    }
  | { readonly page: 'activity'; readonly tab?: string | undefined }
  | { readonly page: 'clouds'; readonly tab?: string | undefined }
  | { readonly page: 'security'; readonly tab?: string | undefined }
  | { readonly page: 'settings' }
  | { readonly page: 'help'; readonly topic?: string | undefined }
  | { readonly page: 'methods' }
  /** "Add a director", beside those that there are. */
  | { readonly page: 'welcome' };

/** The route of a hash; what is not one is the home page. Pure. */
export function parseRoute(hash: string): Route {
  const [page, first, second, third, fourth] = partsOf(hash);
  switch (page) {
    case 'new':
    case 'settings':
    case 'methods':
    case 'welcome':
      return { page };
    case 'activity':
    case 'clouds':
    case 'security':
      return { page, ...(first ? { tab: first } : {}) };
    case 'editor':
      return { page, ...(first ? { document: first } : {}) };
    case 'help':
      return { page, ...(first ? { topic: first } : {}) };
    case 'applications': {
      if (!first) return { page: 'applications' };
      if (second !== 'services') return { page: 'application', application: first, ...(second ? { tab: second } : {}) };
      if (!third) return { page: 'application', application: first };
      return { page: 'service', application: first, service: third, ...(fourth ? { tab: fourth } : {}) };
    }
    default:
      return { page: 'applications' };
  }
}

function partsOf(hash: string): string[] {
  try {
    return hash
      .replace(/^#\/?/, '')
      .split('/')
      .map((part) => decodeURIComponent(part));
  } catch {
    return []; // broken escapes: somebody typed it
  }
}

export function hrefOf(route: Route): string {
  return `#/${segments(route)
    .filter((segment) => segment !== undefined)
    .map(encodeURIComponent)
    .join('/')}`;
}

function segments(route: Route): (string | undefined)[] {
  switch (route.page) {
    case 'application':
      return ['applications', route.application, route.tab];
    case 'service':
      return ['applications', route.application, 'services', route.service, route.tab];
    case 'activity':
    case 'clouds':
    case 'security':
      return [route.page, route.tab];
    case 'editor':
      return [route.page, route.document];
    case 'help':
      return [route.page, route.topic];
    default:
      return [route.page];
  }
}

export function go(route: Route): void {
  window.location.hash = hrefOf(route);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** Where the window is now. */
export function currentRoute(): Route {
  return parseRoute(window.location.hash);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}
