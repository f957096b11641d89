/** Code that the user drops or chooses. */
import type { Dropped } from '../components/drop-zone.tsx';
import { desktop } from '../hub/desktop.ts';
import { openDropSheet } from '../stores/deploying.ts';
import { say } from '../stores/notices.ts';
import { deployTexts } from './texts.ts';

interface Where {
  readonly application: string;
  readonly service?: string | undefined;
}

/** Opens the sheet for what was dropped; several at once are several versions, so only the first is taken. */
export function takeCode(where: Where, { offers: [first, second] }: Dropped): void {
  if (!first) {
    say(deployTexts().nothingToTake, { level: 'warning' });
    return;
  }
  if (second) say(deployTexts().onlyFirst(first.name), { level: 'warning' });
  openDropSheet({ ...where, offer: first });
}

export async function chooseCode(where: Where, what: 'archive' | 'folder'): Promise<void> {
  const [first] = await desktop.chooseFiles(what);
  if (first) openDropSheet({ ...where, offer: first });
}
