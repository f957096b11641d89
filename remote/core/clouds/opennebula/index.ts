import { z } from 'zod';
import { DeploymentId } from '../../contract/ids.ts';
import type { Provider } from '../machines/provider.ts';
import { createOpenNebulaProvider } from './opennebula-provider.ts';
import { OpenNebulaCredentials, OpenNebulaSettings } from './settings.ts';

/** What the driver is opened with: settings and credentials in one, as the vault and a director's bootstrap have them. */
const OpenNebulaGiven = z.strictObject({
  ...OpenNebulaSettings.shape,
  ...OpenNebulaCredentials.shape,
  deployment: DeploymentId,
});

export function openOpenNebula(given: unknown): Provider {
  const parsed = OpenNebulaGiven.parse(given);
  const settings = z.object(OpenNebulaSettings.shape).parse(parsed);
  const credentials = z.object(OpenNebulaCredentials.shape).parse(parsed);
  return createOpenNebulaProvider({ deployment: parsed.deployment, settings, credentials });
}
