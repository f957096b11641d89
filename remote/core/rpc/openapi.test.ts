import { expect, test } from 'vitest';
import { agentMethods } from '../contract/agent.ts';
import { directorMethods } from '../contract/director.ts';
import { hostMethods } from '../contract/host.ts';
import { managerMethods } from '../contract/manager.ts';
import { table } from './fixtures.ts';
import { openApiDocument } from './openapi.ts';
import { openApiPage } from './openapi-page.ts';

const document = openApiDocument({
  directorMethods,
  managerMethods,
  agentMethods,
  hostMethods,
  serviceSpecs: { test: { title: 'A <test> service', managerMethods: { ...table }, agentMethods: {} } },
});

test('every method is in the document, with its kind', () => {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  const count = (methods: object) => Object.keys(methods).length;
  expect(operations).toHaveLength(
    count(directorMethods) + count(managerMethods) + count(agentMethods) + count(hostMethods) + count(table),
  );
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(document.paths['/v1/app/{application}/add_nodes']?.['post']).toMatchObject({
    operationId: 'manager.add_nodes',
    tags: ['manager'],
    'x-kind': 'command',
    summary: managerMethods.add_nodes.doc,
  });
  expect(document.paths['/v1/app/{application}/shout']?.['get']).toMatchObject({ tags: ['manager', 'test'] });
});

test('every reference leads somewhere', () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(100);
  expect(text.match(/"\$ref"/g)).toHaveLength(references.length);
  for (const [, kind, name] of references) {
    expect(document.components[kind === 'schemas' ? 'schemas' : 'responses']).toHaveProperty([name ?? '']);
  }
});

test('the page needs nothing else and keeps texts texts', () => {
  const page = openApiPage(document);
  expect(page).not.toMatch(/<script|<link|https?:\/\//);
  expect(page).toContain('A &lt;test&gt; service');
  expect(page).toContain('add_nodes');
});
