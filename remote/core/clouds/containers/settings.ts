/** What the containers driver is opened with. Nothing of it is a secret: whoever may open the socket may use the engine. */
import { z } from 'zod';
import { DeploymentId } from '../../contract/ids.ts';

/** `localhost` keeps engines from looking for it in registries. */
export const imageName = 'localhost/conpaas-machine:latest';

export const ContainersSettings = z.object({
  deployment: DeploymentId,
  /** The engine's unix socket, or named pipe of Windows; the usual places are tried where it is absent. */
  socket: z
    .string()
    .regex(/^(\/|\\\\\.\\pipe\\)/)
    .optional(),
  /** Image of machines, made by `importImage`. */
  image: z.string().default(imageName),
  /** Name of an offer that machines are of when none is asked for. */
  size: z.enum(['small', 'medium', 'large']).default('small'),
});
export type ContainersSettings = z.input<typeof ContainersSettings>;
