import { expect, test } from 'vitest';
import { observation, vm } from './fixtures.ts';
import { Observed } from './observed.ts';

test('ports of a node are known as long as its machine is there: while its agent is away, and while it starts again', () => {
  const observed = new Observed();
  const machine = vm('first');
  const { node } = observation('web-back-1');
  const tell = (...nodes: Parameters<typeof observation>[1][]) =>
    observed.setNodes(
      machine.id,
      nodes.map((more) => observation('web-back-1', more)),
    );
  observed.setVms([machine]);
  expect(observed.portsOf(node)).toEqual({});
  tell({ ports: { http: 9000 } });
  expect(observed.portsOf(node)).toEqual({ http: 9000 });
  observed.setNodes(machine.id, undefined);
  expect(observed.node(node)).toBeUndefined();
  expect(observed.portsOf(node)).toEqual({ http: 9000 });
  tell({ state: 'starting' });
  expect(observed.portsOf(node)).toEqual({ http: 9000 });
  tell({ ports: { http: 9001 } });
  expect(observed.portsOf(node)).toEqual({ http: 9001 });
  observed.setVms([vm('first', { state: 'gone' })]);
  expect(observed.portsOf(node)).toEqual({});
});
