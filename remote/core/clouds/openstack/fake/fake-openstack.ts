/**
 * For tests: an OpenStack that is none. It speaks the protocol of Keystone, Nova, Neutron, Glance and Cinder as far as we
 * need it, with their paths, errors, pages and states; its servers are records.
 */
import { once } from 'node:events';
import http from 'node:http';
import { json } from 'node:stream/consumers';
import { type FakeCinder, fakeCinder } from './cinder.ts';
import { type Answered, type Asked, type FakeService, hexId, Refused, uuid } from './exchange.ts';
import { type FakeImage, fakeGlance, fakeImages } from './glance.ts';
import { type FakeAccounts, type FakeKeystone, fakeKeystone } from './keystone.ts';
import { type FakeNeutron, fakeNeutron } from './neutron.ts';
import { type FakeNova, fakeNova } from './nova.ts';

export interface FakeOpenStack extends AsyncDisposable {
  readonly authUrl: string;
  readonly accounts: FakeAccounts;
  readonly keystone: FakeKeystone;
  readonly nova: FakeNova;
  readonly neutron: FakeNeutron;
  readonly cinder: FakeCinder;
  readonly images: FakeImage[];
  /** Types of services that the catalogue has. */
  readonly services: Set<string>;
  readonly regions: Set<string>;
  /** What was asked, as `POST /compute/v2.1/servers`. */
  readonly asked: string[];
  /** The next requests of a service are answered so, before anything else: throttling, a service that is away. */
  interfere(fits: RegExp, ...answers: readonly (Answered | 'hang up')[]): void;
}

/** Things a page: few, so that lists have pages. */
const most = 3;

export async function startFakeOpenStack(): Promise<FakeOpenStack> {
  const accounts: FakeAccounts = {
    user: { name: 'demo', password: 'password-of-this-test' },
    applicationCredential: { id: hexId(), secret: 'secret-of-this-test' },
    project: { id: hexId(), name: 'demo' },
  };
  const project = accounts.project.id;
  const services = new Set(['identity', 'compute', 'network', 'image', 'volumev3']);
  const regions = new Set(['RegionOne']);
  const asked: string[] = [];
  const interferences: { fits: RegExp; answers: (Answered | 'hang up')[] }[] = [];
  const images = fakeImages();
  const neutron = fakeNeutron(project, most);
  const cinder = fakeCinder(project, most);
  const nova = fakeNova(neutron, cinder, { images, project }, most);
  let root = '';
  const keystone = fakeKeystone(accounts, () =>
    [...services].flatMap((type) =>
      [...regions].map((region) => ({ type, region, url: `${root}${places[type] ?? ''}` })),
    ),
  );
  // Catalogues name versions, none, and the project.
  const places: Readonly<Record<string, string>> = {
    identity: '/identity',
    compute: `/compute/v2.1`,
    network: '/network/',
    image: '/image',
    volumev3: `/volume/v3/${project}`,
  };
  const answerers: Readonly<Record<string, FakeService>> = {
    identity: keystone.answer,
    compute: nova.answer,
    network: neutron.answer,
    image: fakeGlance(images, most),
    volume: cinder.answer,
  };
  furnish(neutron, project);

  function answer(service: string, given: Asked): Answered {
    const answerer = answerers[service];
    if (!answerer) return { status: 404, body: '404 Not Found' };
    const type = service === 'volume' ? 'volumev3' : service;
    const wanted = { service: type, method: given.method, path: `/${service}${given.path}` };
    if (service !== 'identity' && !keystone.accepts(given.headers['x-auth-token'], wanted)) {
      const error = { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' };
      const ofGlance = {
        message: 'This server could not verify that you are authorized.<br />',
        code: '401 Unauthorized',
      };
      const body = service === 'image' ? { ...ofGlance, title: 'Unauthorized' } : { error };
      return { status: 401, body, headers: { 'www-authenticate': `Keystone uri="${root}/identity"` } };
    }
    try {
      return (
        answerer(given) ?? {
          status: 404,
          body: { itemNotFound: { code: 404, message: 'The resource could not be found.' } },
        }
      );
    } catch (error) {
      if (error instanceof Refused) return error.answered;
      throw error;
    }
  }

  const server = http.createServer(async (request, response) => {
    const { method = '', url = '/', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://here');
    asked.push(`${method} ${pathname}`);
    const [, service = '', path = ''] = /^\/([a-z]+)(\/.*)?$/.exec(pathname) ?? [];
    const body: unknown = headers['content-length'] === undefined ? undefined : await json(request);
    const interference = interferences.find(({ fits, answers }) => answers.length > 0 && fits.test(`${method} ${url}`));
    const interfering = interference?.answers.shift();
    if (interfering === 'hang up') {
      request.socket.destroy();
      return;
    }
    const {
      status,
      body: said,
      headers: told,
    } = interfering ?? answer(service, { method, path, query: searchParams, headers, body, root });
    const text = said === undefined ? '' : typeof said === 'string' ? said : JSON.stringify(said);
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-openstack-request-id': `req-${uuid()}`,
      ...told,
    });
    response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a port was asked for');
  root = `http://127.0.0.1:${address.port}`;
  return {
    authUrl: `${root}/identity`,
    accounts,
    keystone,
    nova,
    neutron,
    cinder,
    images,
    services,
    regions,
    asked,
    interfere(fits, ...answers) {
      interferences.push({ fits, answers: [...answers] });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A network of the project behind a router, and the network outside; another project's network is not shown by Neutron. */
function furnish({ things }: FakeNeutron, project: string): void {
  const network = (id: string, fields: Record<string, unknown>) => {
    const base = {
      id,
      shared: false,
      subnets: [uuid()],
      status: 'ACTIVE',
      project_id: project,
      'router:external': false,
    };
    things.networks.set(id, { ...base, ...fields });
  };
  const [inside, outside, router] = [uuid(), uuid(), uuid()];
  network(inside, { name: 'private' });
  network(outside, { name: 'public', project_id: hexId(), shared: true, 'router:external': true });
  network(uuid(), { name: 'provider', project_id: hexId(), shared: true });
  const gateway = { network_id: outside, enable_snat: true, external_fixed_ips: [] };
  things.routers.set(router, { id: router, name: 'router1', external_gateway_info: gateway });
  const port = uuid();
  const owner = { device_id: router, device_owner: 'network:router_interface', description: '', project_id: project };
  things.ports.set(port, {
    id: port,
    network_id: inside,
    created_at: '2026-01-01T00:00:00Z',
    security_groups: [],
    ...owner,
  });
}
