import { expect, test } from 'vitest';
import { z } from 'zod';
import type { MethodTable } from '../contract/method.ts';
import { lateHandlers } from './late-handlers.ts';
import type { ServerOptions } from './server-options.ts';

test('a call that comes before the handlers is to be tried again; then it is passed on', () => {
  const table = { ask: { kind: 'query', params: z.object({}), result: z.string() } } as unknown as MethodTable;
  let handlers: ServerOptions<MethodTable>['handlers'] | undefined;
  const ask = lateHandlers('manager', table, () => handlers)['ask'] as unknown as (params: object) => unknown;
  expect(() => ask({})).toThrow(expect.objectContaining({ code: 'unreachable' }));
  handlers = { ask: (params: unknown) => params } as unknown as ServerOptions<MethodTable>['handlers'];
  expect(ask({ a: 1 })).toEqual({ a: 1 });
});
