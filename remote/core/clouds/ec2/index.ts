import { z } from 'zod';
import { DeploymentId } from '../../contract/ids.ts';
import type { Cloud } from '../cloud.ts';
import { createMachineCloud } from '../machines/machine-cloud.ts';
import type { ProgramSource } from '../machines/programs.ts';
import type { Provider } from '../machines/provider.ts';
import { lazyProvider } from './lazy-provider.ts';
import { Ec2Credentials, Ec2Settings } from './settings.ts';

/** What the driver is opened with: settings and credentials in one, as the vault and a director's bootstrap have them. */
const Ec2Given = z.strictObject({ ...Ec2Settings.shape, ...Ec2Credentials.shape, deployment: DeploymentId });

/** @param source with a way into machines it copies programs there; a director's machines fetch them and follow lists */
export function createEc2Cloud(given: unknown, source: ProgramSource): Cloud {
  const { deployment, accessKeyId, secretAccessKey, sessionToken, ...settings } = Ec2Given.parse(given);
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const provider: Provider = lazyProvider({ kind: 'ec2', architecture: settings.architecture }, async () => {
    const { createEc2Provider } = await import('./ec2-provider.ts');
    return createEc2Provider({ deployment, settings, credentials });
  });
  const contact = source.kind === 'copy' ? source.contact : undefined;
  const transport = contact?.transport(async (server, signal) => {
    const found = (await provider.listServers(signal)).find(({ id }) => id === server);
    if (!found || found.state === 'gone') return undefined;
    // From outside; in a network of the user's own by its address there.
    const host = found.state === 'running' ? (found.publicAddress ?? found.privateAddress) : undefined;
    return { name: found.name, host };
  });
  return createMachineCloud({ provider, transport, contact, source });
}
