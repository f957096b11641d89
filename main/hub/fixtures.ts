/** Test-only: what a director's client tells, without a director. */
import type { Event } from '../../remote/core/contract/application.ts';
import type { Topic } from '../../remote/core/events/index.ts';

/** The `stream` of a client that reads these events, open at once. */
export const streamOf =
  (events: Topic<Event>) =>
  (_method: string, _params: unknown, { signal, onOpen }: { signal: AbortSignal; onOpen(): void }) => {
    const subscribed = events.subscribe(signal);
    onOpen();
    return subscribed;
  };
