import { expect, test } from 'vitest';
import { hrefOf, parseRoute, type Route } from './route.ts';

const routes: readonly Route[] = [
  { page: 'applications' },
  { page: 'new' },
  { page: 'editor' },
  { page: 'editor', document: 'd-1' },
  { page: 'application', application: 'app-1' },
  { page: 'application', application: 'a/b c', tab: 'history' },
  { page: 'service', application: 'app-1', service: 'services' },
  { page: 'service', application: 'app-1', service: 'web', tab: 'code' },
  { page: 'activity', tab: 'audit' },
  { page: 'clouds' },
  { page: 'security', tab: 'vault' },
  { page: 'settings' },
  { page: 'help', topic: 'deploy' },
  { page: 'methods' },
];

test.each(routes)('%o survives the address', (route) => {
  expect(parseRoute(hrefOf(route))).toEqual(route);
});

test('what is no route is the home page', () => {
  for (const hash of ['', '#', '#/nowhere', '#/%ff', '#/applications/']) {
    expect(parseRoute(hash), hash).toEqual({ page: 'applications' });
  }
  expect(parseRoute('#/applications/app-1/services')).toEqual({ page: 'application', application: 'app-1' });
});
