/** What pages may ask the main process, by channel. Who asks is checked here, at once; what is asked, by the answer. */
import { type IpcMainInvokeEvent, ipcMain } from 'electron';
import type { Answered } from '../desktop.ts';
import { isOurs } from './guards.ts';

const channels = [
  'about',
  'choose-files',
  'choose-target',
  'collect-diagnostics',
  'connect',
  'copy-text',
  'notify',
  'offer-files',
  'open-data-directory',
  'remember',
  'reset-preferences',
  'save-diagnostics',
  'save-text',
  'set-menu',
  'set-preferences',
  'update',
] as const;

/** What each channel answers. @throws Error what the page is told instead */
export type Answers = Readonly<
  Record<(typeof channels)[number], (params: unknown, event: IpcMainInvokeEvent) => unknown>
>;

/** @param answers what answers: perhaps loaded only when the first page asks */
export function listenToPages(answers: () => Promise<Answers>): void {
  for (const channel of channels) {
    ipcMain.handle(channel, async (event, params: unknown): Promise<Answered> => {
      const frame = event.senderFrame;
      if (!frame || frame !== event.sender.mainFrame || !isOurs(frame.url)) {
        return refuse(channel, 'not for this page');
      }
      try {
        const { [channel]: answer } = await answers();
        return { value: await answer(params, event) };
      } catch (thrown) {
        return refuse(channel, thrown instanceof Error ? thrown.message : String(thrown));
      }
    });
  }
}

/** Said in one line, without what was asked: a page may ask for anything. */
function refuse(channel: string, why: string): Answered {
  process.stderr.write(`main: ${channel}: ${why}\n`);
  return { refused: `${channel}: ${why}` };
}
