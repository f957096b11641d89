/** What the driver of a provider is told beside settings and credentials, which users enter. */
import { z } from 'zod';
import { DeploymentId } from '../contract/ids.ts';

export const ofDeployment = {
  deployment: DeploymentId,
  /** The director of the deployment is on another cloud. */
  further: z.boolean().default(false),
};
