/** What a cloud has before anybody uses it: services in the catalogue, a project, networks, an image, flavors. */
import { host, identity, password } from './configuration.mjs';
import { until } from './processes.mjs';
import { signIn } from './rest.mjs';

const services = [
  { user: 'placement', type: 'placement', url: `http://${host.placement}:8778` },
  { user: 'glance', type: 'image', url: `http://${host.glance}:9292` },
  { user: 'nova', type: 'compute', url: `http://${host.nova}:8774/v2.1` },
  { user: 'neutron', type: 'network', url: `http://${host.neutron}:9696` },
  { user: 'cinder', type: 'volumev3', url: `http://${host.cinder}:8776/v3/%(project_id)s` },
];

/** Users and addresses of the services: they sign in with it when they start. */
export async function fillCatalogue() {
  const admin = await until('Keystone answers', () => signIn('admin', 'admin'));
  const { roles } = await admin.get(`${identity}/roles`);
  const role = (name) => roles.find((one) => one.name === name).id;
  const { project } = await admin.post(`${identity}/projects`, { project: { name: 'service', domain_id: 'default' } });
  const { role: serviceRole } = await admin.post(`${identity}/roles`, { role: { name: 'service' } });
  for (const { user: name, type, url } of services) {
    const { user } = await admin.post(`${identity}/users`, { user: { name, password, domain_id: 'default' } });
    for (const id of [role('admin'), serviceRole.id]) {
      await admin.put(`${identity}/projects/${project.id}/users/${user.id}/roles/${id}`);
    }
    const { service } = await admin.post(`${identity}/services`, { service: { type, name } });
    for (const face of ['public', 'internal', 'admin']) {
      const endpoint = { service_id: service.id, interface: face, region_id: 'RegionOne', url };
      await admin.post(`${identity}/endpoints`, { endpoint });
    }
  }
}

/** @returns what a user of a project enters */
export async function furnish() {
  const admin = await signIn('admin', 'admin');
  const { roles } = await admin.get(`${identity}/roles`);
  const member = roles.find((one) => one.name === 'member').id;
  const demo = { name: 'demo', domain_id: 'default' };
  const { project } = await admin.post(`${identity}/projects`, { project: demo });
  const { user } = await admin.post(`${identity}/users`, { user: { ...demo, password } });
  await admin.put(`${identity}/projects/${project.id}/users/${user.id}/roles/${member}`);

  // Each is asked to look before it is asked to make: what was made by a request whose answer got lost would be made twice.
  const network = `http://${host.neutron}:9696/v2.0`;
  await until('Neutron answers', () => admin.get(`${network}/networks`));
  const { network: outside } = await admin.post(`${network}/networks`, {
    network: { name: 'public', 'router:external': true, shared: false },
  });
  const subnet = (caller, network_id, cidr) =>
    caller.post(`${network}/subnets`, { subnet: { network_id, ip_version: 4, cidr } });
  await subnet(admin, outside.id, '203.0.113.0/24');
  const mine = await signIn('demo', 'demo');
  const { network: inside } = await mine.post(`${network}/networks`, { network: { name: 'private' } });
  const { subnet: own } = await subnet(mine, inside.id, '10.99.1.0/24');
  const gateway = { name: 'router', external_gateway_info: { network_id: outside.id } };
  const { router } = await mine.post(`${network}/routers`, { router: gateway });
  await mine.put(`${network}/routers/${router.id}/add_router_interface`, { subnet_id: own.id });

  const images = `http://${host.glance}:9292/v2/images`;
  await until('Glance answers', () => admin.get(images));
  const image = { disk_format: 'raw', container_format: 'bare', visibility: 'public' };
  const kinds = [
    ['debian-12-genericcloud-amd64', {}],
    ['Debian 12', { os_distro: 'debian', os_version: '12', architecture: 'x86_64' }],
    ['Debian 12 arm', { os_distro: 'debian', os_version: '12', architecture: 'aarch64' }],
    ['cirros', {}],
  ];
  for (const [name, more] of kinds) {
    const { id } = await admin.post(images, { name, ...image, ...more });
    await admin.put(`${images}/${id}/file`, 'a disk', 'application/octet-stream');
  }

  const compute = `http://${host.nova}:8774/v2.1`;
  await until('Nova answers', () => admin.get(`${compute}/flavors`));
  const flavors = [
    { name: 'm1.tiny', vcpus: 1, ram: 512, disk: 1 },
    { name: 'm1.small', vcpus: 1, ram: 2048, disk: 20 },
    { name: 'm1.medium', vcpus: 2, ram: 4096, disk: 40 },
    { name: 'b1.small', vcpus: 1, ram: 2048, disk: 0 },
  ];
  for (const flavor of flavors) await admin.post(`${compute}/flavors`, { flavor });
  await untilMachinesCanBeMade(admin, compute);
  await untilVolumesCanBeMade(admin);
  const { application_credential: made } = await mine.post(`${identity}/users/${mine.user}/application_credentials`, {
    application_credential: { name: 'conpaas', roles: [{ name: 'member' }] },
  });
  return {
    authUrl: identity,
    applicationCredentialId: made.id,
    applicationCredentialSecret: made.secret,
    username: 'demo',
    password,
    project: 'demo',
  };
}

/**
 * A service is told as up before anybody listens to it, and a message to one that nobody listens to is lost: machines would
 * be "creating" for ever, or failed for want of a host.
 */
async function untilMachinesCanBeMade(admin, compute) {
  await until('the parts of Nova listen', async () => {
    const { services: list } = await admin.get(`${compute}/os-services`);
    // Its first report is what a service does after it has begun to listen.
    const listens = (name) => list.some(({ binary, updated_at: reported }) => binary === name && reported !== null);
    return ['nova-conductor', 'nova-scheduler', 'nova-compute'].every(listens) || undefined;
  });
  await until('Nova has assigned its host to a cell', async () => {
    const { hypervisors } = await admin.get(`${compute}/os-hypervisors`);
    return hypervisors[0];
  });
  await until('Placement knows what that host has', async () => {
    const resources = 'VCPU:1,MEMORY_MB:512,DISK_GB:1';
    const { allocation_requests: places } = await admin.get(
      `http://${host.placement}:8778/allocation_candidates?resources=${resources}`,
    );
    return places[0];
  });
}

/** The scheduler learns of a back end by a message of the one that has it, some time after that is told as up. */
async function untilVolumesCanBeMade(admin) {
  await until("Cinder's scheduler knows a back end", async () => {
    const { pools } = await admin.get(`http://${host.cinder}:8776/v3/${admin.project}/scheduler-stats/get_pools`);
    return pools[0];
  });
}
