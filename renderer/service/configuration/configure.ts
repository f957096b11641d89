/** Changing the configuration or the environment of a service. */
import { hub } from '../../hub/client.ts';

export interface Configuration {
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Changes configuration keys (null: the default) or the whole environment of a service. */
export function configure(application: string, service: string, change: Configuration): Promise<unknown> {
  return hub.manager(application, 'set_configuration', {
    service,
    ...(change.configuration ? { configuration: { ...change.configuration } } : {}),
    ...(change.environment ? { environment: { ...change.environment } } : {}),
  });
}
