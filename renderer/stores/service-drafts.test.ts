import { expect, test } from 'vitest';
import { putDraft, putMethodDraft, useServiceDrafts } from './service-drafts.ts';

test('drafts are kept by service and form, and what is discarded leaves nothing', () => {
  const drafts = () => useServiceDrafts.getState().byService;
  putDraft('app-1', 'web', 'configuration', { memory_limit: '256M' });
  putDraft('app-1', 'web', 'script', { text: '#!/bin/sh', base: '' });
  putDraft('app-2', 'web', 'healthCheck', { path: '/health', seconds: '5' });
  expect(drafts()).toEqual({
    'app-1/web': { configuration: { memory_limit: '256M' }, script: { text: '#!/bin/sh', base: '' } },
    'app-2/web': { healthCheck: { path: '/health', seconds: '5' } },
  });
  putDraft('app-1', 'web', 'configuration', undefined);
  putMethodDraft('app-1', 'web', 'load_dump', { name: 'a', note: '' });
  putMethodDraft('app-1', 'web', 'add_nodes', { nodes: '2' });
  expect(drafts()['app-1/web']).toEqual({
    script: { text: '#!/bin/sh', base: '' },
    methods: { load_dump: { name: 'a' }, add_nodes: { nodes: '2' } },
  });
  putMethodDraft('app-1', 'web', 'load_dump', { name: '' });
  putMethodDraft('app-1', 'web', 'add_nodes', {});
  putDraft('app-1', 'web', 'script', undefined);
  putDraft('app-2', 'web', 'healthCheck', undefined);
  expect(drafts()).toEqual({});
});
