/** Starting something that is restored whole by starting its opposite: it acts at once and offers Undo. */
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';

/** Starts an operation and says so. @param undo starts the opposite, as a new operation */
export async function begin(
  text: string,
  start: () => Promise<unknown>,
  undo?: (() => Promise<unknown>) | undefined,
): Promise<void> {
  await start();
  say(text, undo ? { undo } : {});
}

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
