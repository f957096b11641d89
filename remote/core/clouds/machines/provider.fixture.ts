/** For tests: a provider in memory. What a real one answers is the conformance suite's. */
import type { Provider, Server, ServerRequest } from './provider.ts';

/** A provider that only remembers, and fails where it is told to. */
export function fakeProvider(failing: Partial<Record<string, Error>> = {}) {
  const servers: Server[] = [];
  const requests: ServerRequest[] = [];
  const powered: string[] = [];
  const provider: Provider = {
    kind: 'fake',
    architecture: 'x64',
    check: async () => undefined,
    offers: async () => [],
    zones: async () => [],
    async createServer(request) {
      if (failing['createServer']) throw failing['createServer'];
      requests.push(request);
      const server: Server = {
        id: `s-${request.name}`,
        name: request.name,
        tags: request.tags,
        state: 'running',
        privateAddress: '10.0.0.9',
        createdAt: 1,
      };
      servers.push(server);
      return server;
    },
    listServers: async () => servers,
    destroyServer: async () => undefined,
    async power(id, on) {
      const failure = failing[id];
      if (failure) throw failure;
      powered.push(`${id} ${on ? 'on' : 'off'}`);
    },
    reboot: async () => undefined,
    console: async () => undefined,
    volumes: undefined,
    belongings: async () => [],
    destroyBelonging: async () => undefined,
    deployments: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { provider, servers, requests, powered };
}
