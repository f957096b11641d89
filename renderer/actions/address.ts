/** What is done with an address: opened in the browser of the user, or copied. */
import { failureOf, hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { actionTexts } from './texts.ts';

/** Opens the address of an application, or of one of its services. */
export function openAddress(application: string, service?: string): void {
  hub
    .call('open_address', { application, ...(service === undefined ? {} : { service }) })
    .catch((thrown: unknown) => say(failureOf(thrown).message, { level: 'warning' }));
}

export async function copyAddress(address: string): Promise<void> {
  await desktop.copyText(address);
  say(actionTexts().addressCopied);
}
