/** OpenNebula as desktop and director drive it, against a fake in this process. */
import { describeContactedCloud } from '../contacted-conformance.ts';
import { startFakeOpenNebula } from './fake/fake-opennebula.ts';
import { numberOf } from './machines.ts';

describeContactedCloud('OpenNebula (a fake)', async () => {
  const fake = await startFakeOpenNebula();
  const { endpoint, username, password } = fake;
  return {
    kind: 'opennebula',
    settings: { endpoint, username, password },
    entered: { endpoint, username, password },
    secret: password,
    secretFields: ['password'],
    outside: false,
    stays: ['security-group'],
    async userDataOf(id) {
      const context = fake.oned.machines.get(numberOf(id) ?? -1)?.template['CONTEXT'];
      const script = Array.isArray(context) ? context[0]?.['START_SCRIPT_BASE64'] : undefined;
      return Buffer.from(script ?? '', 'base64').toString();
    },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
});
