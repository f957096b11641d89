import { z } from 'zod';
import { DeploymentId } from '../../contract/ids.ts';
import type { Cloud } from '../cloud.ts';
import { createContactedCloud } from '../machines/contacted-cloud.ts';
import type { ProgramSource } from '../machines/programs.ts';
import { createOpenNebulaProvider } from './opennebula-provider.ts';
import { OpenNebulaCredentials, OpenNebulaSettings } from './settings.ts';

/** What the driver is opened with: settings and credentials in one, as the vault and a director's bootstrap have them. */
const OpenNebulaGiven = z.strictObject({
  ...OpenNebulaSettings.shape,
  ...OpenNebulaCredentials.shape,
  deployment: DeploymentId,
});

export function createOpenNebulaCloud(given: unknown, source: ProgramSource): Cloud {
  const parsed = OpenNebulaGiven.parse(given);
  const settings = z.object(OpenNebulaSettings.shape).parse(parsed);
  const credentials = z.object(OpenNebulaCredentials.shape).parse(parsed);
  const provider = createOpenNebulaProvider({ deployment: parsed.deployment, settings, credentials });
  return createContactedCloud(provider, source);
}
