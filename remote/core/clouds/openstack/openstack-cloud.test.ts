/** OpenStack as desktop and director drive it, against a fake in this process. */
import { describeContactedCloud } from '../contacted-conformance.ts';
import { startFakeOpenStack } from './fake/fake-openstack.ts';
import { uuidOf } from './servers.ts';

describeContactedCloud('OpenStack (a fake)', async () => {
  const fake = await startFakeOpenStack();
  const { id, secret } = fake.accounts.applicationCredential;
  const entered = { authUrl: fake.authUrl, applicationCredentialId: id, applicationCredentialSecret: secret };
  return {
    kind: 'openstack',
    settings: { ...entered, publicAddresses: 'director' },
    entered,
    secret,
    secretFields: ['applicationCredentialSecret', 'password'],
    outside: true,
    stays: ['security-group'],
    userDataOf: async (server) => fake.nova.servers.get(uuidOf(server))?.userData ?? '',
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
});
