import { z } from 'zod';
import type { Provider } from '../machines/provider.ts';
import { ofDeployment } from '../of-deployment.ts';
import { lazyProvider } from './lazy-provider.ts';
import { Ec2Credentials, Ec2Settings } from './settings.ts';

/** What the driver is opened with: settings and credentials in one, as the vault and a director's bootstrap have them. */
const Ec2Given = z.strictObject({ ...Ec2Settings.shape, ...Ec2Credentials.shape, ...ofDeployment });

export function openEc2(given: unknown): Provider {
  const { deployment, further, accessKeyId, secretAccessKey, sessionToken, ...settings } = Ec2Given.parse(given);
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return lazyProvider({ kind: 'ec2', architecture: settings.architecture }, async () => {
    const { createEc2Provider } = await import('./ec2-provider.ts');
    return createEc2Provider({ deployment, further, settings, credentials });
  });
}
