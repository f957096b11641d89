import { beforeAll, beforeEach, expect, test, vi } from 'vitest';

/** What a page hands over: the port, said by the window to itself. */
type Receive = (event: { source: unknown; data: unknown; ports: readonly FakePort[] }) => void;

/** The page's end of a port. What is sent to it is kept. */
class FakePort {
  readonly sent: unknown[] = [];
  closed = false;
  onmessage: ((event: { data: unknown }) => void) | undefined;
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  close(): void {
    this.closed = true;
  }
}

let receive: Receive = () => undefined;
const page = {
  conpaas: { connect: async () => undefined },
  addEventListener: (_name: string, listener: Receive) => {
    receive = listener;
  },
};
const hand = (port: FakePort): void => receive({ source: page, data: 'conpaas-hub-port', ports: [port] });

let HubClient: typeof import('./client.ts').HubClient;
beforeAll(async () => {
  vi.stubGlobal('window', page);
  ({ HubClient } = await import('./client.ts'));
});

let port: FakePort;
beforeEach(() => {
  port = new FakePort();
});

test('what is called before the first port comes waits for it, behind what says which director is shown', async () => {
  const hub = new HubClient();
  hub.onConnect(() => void hub.call('choose_director', { director: 'd-one' }));
  const early = hub.call('list_ready_made', {});
  hand(port);
  expect(port.sent).toEqual([
    { id: 2, call: 'choose_director', params: { director: 'd-one' } },
    { id: 1, call: 'list_ready_made', params: {} },
  ]);
  port.onmessage?.({ data: { id: 1, result: [] } });
  expect(await early).toEqual([]);
});

test('what was sent to a hub that has ended fails, to be tried again; the next port takes what comes then', async () => {
  const hub = new HubClient();
  hand(port);
  const lost = hub.call('list_ready_made', {});
  const next = new FakePort();
  hand(next);
  await expect(lost).rejects.toMatchObject({ failure: { code: 'unreachable', retry: true } });
  expect(port.closed).toBe(true);
  const later = hub.call('list_ready_made', {});
  next.onmessage?.({ data: { id: 2, result: [] } });
  expect(await later).toEqual([]);
  expect(next.sent).toHaveLength(1);
});
