import { z } from 'zod';
import type { Provider } from '../machines/provider.ts';
import { ofDeployment } from '../of-deployment.ts';
import { createOpenStackProvider } from './openstack-provider.ts';
import { OpenStackCredentials, OpenStackSettings, signInProblem, signsIn } from './settings.ts';

/** What the driver is opened with: settings and credentials in one, as the vault and a director's bootstrap have them. */
const OpenStackGiven = z
  .strictObject({ ...OpenStackSettings.shape, ...OpenStackCredentials.shape, ...ofDeployment })
  .refine(signsIn, signInProblem);

export function openOpenStack(given: unknown): Provider {
  const parsed = OpenStackGiven.parse(given);
  const settings = z.object(OpenStackSettings.shape).parse(parsed);
  const credentials = z.object(OpenStackCredentials.shape).parse(parsed);
  return createOpenStackProvider({ deployment: parsed.deployment, further: parsed.further, settings, credentials });
}
