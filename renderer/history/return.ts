/** Going back to a version: at once, for it can be undone by going back again. */
import { failureOf, hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { historyTexts } from './texts.ts';

/** @param now the version to come back to by Undo */
export async function returnToVersion(application: string, version: number, now: number): Promise<void> {
  await hub.director('return_to_version', { application, version });
  say(historyTexts().return.returning(version), {
    undo: () =>
      hub
        .director('return_to_version', { application, version: now })
        .catch((thrown: unknown) => say(failureOf(thrown).message, { level: 'warning' })),
  });
}
