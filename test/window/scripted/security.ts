/** Certificates, users and machines of the stand-in: a few that show every state. */
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { UserName } from '../../../remote/core/contract/ids.ts';
import type { CertificateInfo } from '../../../remote/core/contract/security.ts';
import type { Script, Scripted } from './script.ts';

const day = 86_400_000;

function certificates(): CertificateInfo[] {
  const now = Date.now();
  const leaf = (serial: string, more: Partial<CertificateInfo>): CertificateInfo => ({
    serial: serial.repeat(16),
    kind: 'agent',
    identity: `spiffe://d-scripted/${serial}`,
    notBefore: now - 10 * day,
    notAfter: now + 20 * day,
    state: 'valid',
    ...more,
  });
  const guestbook = { application: 'app-guestbook', applicationName: 'guestbook' };
  return [
    leaf('a1', { kind: 'root', identity: 'root-abcdefghijkl', notAfter: now + 3600 * day }),
    leaf('b2', { kind: 'intermediate', identity: 'd-scripted', notAfter: now + 700 * day }),
    leaf('c3', { kind: 'director' }),
    leaf('d4', { kind: 'manager', ...guestbook, epoch: 1, notAfter: now + 25 * day }),
    leaf('e5', { ...guestbook, vm: 'vm-1' }),
    leaf('f6', { ...guestbook, vm: 'vm-1', state: 'replaced', notAfter: now + 5 * day }),
    leaf('07', { ...guestbook, vm: 'vm-2', state: 'revoked' }),
    leaf('18', { kind: 'user', user: 'ann', device: 'laptop', seenAt: now - 60_000 }),
    leaf('29', { kind: 'user', user: 'bob', device: 'desk' }),
  ];
}

export function securityMethods(script: Script): Scripted<DirectorMethods> {
  let all = certificates();
  const users = [
    { name: UserName.parse('ann'), owner: true, createdAt: Date.now() - 90 * day },
    { name: UserName.parse('bob'), owner: false, createdAt: Date.now() - 5 * day },
  ];
  return {
    list_certificates: async (params) => script.take('list_certificates', params, all),
    get_certificate: async (params) =>
      script.take('get_certificate', params, { certificate: '-----BEGIN CERTIFICATE-----\nscripted\n' }),
    renew_certificates: async (params) => script.take('renew_certificates', params, { renewed: 4, failed: [] }),
    revoke_certificate: async (params) => {
      script.take('revoke_certificate', params, undefined);
      all = all.map((one) => (one.serial === params.serial ? { ...one, state: 'revoked' } : one));
      return {};
    },
    list_users: async (params) => script.take('list_users', params, users),
    remove_user: async (params) => {
      script.take('remove_user', params, undefined);
      if (!users.some(({ name }) => name === params.name)) throw new ConpaasError('not_found', 'No such user.');
      users.splice(1);
      return {};
    },
  };
}

export function cloudMethods(script: Script): Scripted<DirectorMethods> {
  const now = Date.now();
  const further: { name: string; kind: string; default: boolean; connected: boolean }[] = [];
  const machine = { cloud: 'local', size: 'this-computer', pricePerHour: 0, state: 'running' } as const;
  return {
    list_clouds: async (params) =>
      script.take('list_clouds', params, [
        { name: 'local', kind: 'local', default: true, connected: true },
        ...further,
      ]),
    get_cloud_access: async (params) =>
      script.take('get_cloud_access', params, [{ cloud: 'local', access: 'free' as const }]),
    add_cloud: async (params) => {
      script.take('add_cloud', params, {});
      const { name, kind, connected } = params;
      further.push({ name, kind, connected, default: false });
      return {};
    },
    remove_cloud: async (params) => {
      script.take('remove_cloud', params, {});
      const at = further.findIndex(({ name }) => name === params.name);
      if (at >= 0) further.splice(at, 1);
      return {};
    },
    list_machines: async (params) =>
      script.take('list_machines', params, {
        machines: [
          { ...machine, id: 'm-1', name: 'director', belongs: 'director', address: '127.41.0.1', createdAt: now - day },
          {
            ...machine,
            id: 'm-2',
            name: 'vm-1',
            belongs: 'application',
            application: 'app-guestbook',
            applicationName: 'guestbook',
            address: '127.41.0.2',
            createdAt: now - 3_600_000,
          },
          {
            ...machine,
            id: 'm-3',
            name: 'vm-lost',
            belongs: 'nothing',
            application: 'app-gone',
            pricePerHour: undefined,
            createdAt: now - 60_000,
          },
        ],
        failures: [],
      }),
    list_offers: async (params) =>
      script.take('list_offers', params, [
        {
          cloud: 'local',
          kind: 'local',
          asOf: now,
          offers: [
            { name: 'this-computer', cpus: 2, memoryMb: 8192, pricePerHour: 0 },
            { name: 'not-priced', cpus: 4, memoryMb: 16_384 },
          ],
        },
      ]),
    list_quotas: async (params) =>
      script.take('list_quotas', params, [
        { cloud: 'local', kind: 'local', quotas: [] },
        { cloud: 'far', kind: 'far', quotas: [{ name: 'Virtual CPUs', used: 19, limit: 20 }] },
      ]),
  };
}
