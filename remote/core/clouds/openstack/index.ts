import { z } from 'zod';
import { DeploymentId } from '../../contract/ids.ts';
import type { Cloud } from '../cloud.ts';
import { createContactedCloud } from '../machines/contacted-cloud.ts';
import type { ProgramSource } from '../machines/programs.ts';
import { createOpenStackProvider } from './openstack-provider.ts';
import { OpenStackCredentials, OpenStackSettings, signInProblem, signsIn } from './settings.ts';

/** What the driver is opened with: settings and credentials in one, as the vault and a director's bootstrap have them. */
const OpenStackGiven = z
  .strictObject({ ...OpenStackSettings.shape, ...OpenStackCredentials.shape, deployment: DeploymentId })
  .refine(signsIn, signInProblem);

export function createOpenStackCloud(given: unknown, source: ProgramSource): Cloud {
  const parsed = OpenStackGiven.parse(given);
  const settings = z.object(OpenStackSettings.shape).parse(parsed);
  const credentials = z.object(OpenStackCredentials.shape).parse(parsed);
  return createContactedCloud(
    createOpenStackProvider({ deployment: parsed.deployment, settings, credentials }),
    source,
  );
}
