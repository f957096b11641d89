import type { Route } from '../stores/route.ts';
import type { TopicId } from './topics.ts';

/** The topic of the help that a page is about; undefined: the start of it. Pure. */
export function topicOf(route: Route): TopicId | undefined {
  switch (route.page) {
    case 'applications':
    case 'new':
    case 'activity':
    case 'clouds':
    case 'security':
    case 'settings':
      return route.page;
    case 'editor':
      return 'manifests';
    case 'application':
      return route.tab === 'logs' || route.tab === 'metrics' || route.tab === 'history' ? route.tab : 'application';
    case 'service':
      if (route.tab === 'code') return 'code';
      return route.tab === 'logs' || route.tab === 'metrics' ? route.tab : 'service';
    default:
      return undefined;
  }
}
