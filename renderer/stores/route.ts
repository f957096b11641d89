/** Where the user is: kept in the address's hash, so that back and forward work. */
import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly page: 'applications' }
  | { readonly page: 'new' }
  | { readonly page: 'application'; readonly application: string }
  | { readonly page: 'service'; readonly application: string; readonly service: string }
  | { readonly page: 'activity' }
  | { readonly page: 'settings' }
  | { readonly page: 'help' }
  | { readonly page: 'methods' };

/** The route of a hash; what is not one is the home page. */
export function parseRoute(hash: string): Route {
  const [page, application, service] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  switch (page) {
    case 'new':
    case 'activity':
    case 'settings':
    case 'help':
    case 'methods':
      return { page };
    case 'applications':
      if (application && service) return { page: 'service', application, service };
      return application ? { page: 'application', application } : { page: 'applications' };
    default:
      return { page: 'applications' };
  }
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'application':
      return `#/applications/${encodeURIComponent(route.application)}`;
    case 'service':
      return `#/applications/${encodeURIComponent(route.application)}/${encodeURIComponent(route.service)}`;
    default:
      return `#/${route.page}`;
  }
}

export function go(route: Route): void {
  window.location.hash = hrefOf(route);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}
