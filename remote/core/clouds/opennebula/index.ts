import { z } from 'zod';
import type { Provider } from '../machines/provider.ts';
import { ofDeployment } from '../of-deployment.ts';
import { createOpenNebulaProvider } from './opennebula-provider.ts';
import { OpenNebulaCredentials, OpenNebulaSettings } from './settings.ts';

/** What the driver is opened with: settings and credentials in one, as the vault and a director's bootstrap have them. */
const OpenNebulaGiven = z.strictObject({
  ...OpenNebulaSettings.shape,
  ...OpenNebulaCredentials.shape,
  ...ofDeployment,
});

export function openOpenNebula(given: unknown): Provider {
  const parsed = OpenNebulaGiven.parse(given);
  const settings = z.object(OpenNebulaSettings.shape).parse(parsed);
  const credentials = z.object(OpenNebulaCredentials.shape).parse(parsed);
  return createOpenNebulaProvider({ deployment: parsed.deployment, further: parsed.further, settings, credentials });
}
