/**
 * The keychain for commands, as long as the app runs. An app that a command has started without a window ends by itself
 * once nobody asks it any more.
 */
import { app } from 'electron';
import { serveKeychain } from '../keychain/index.ts';
import { findSystemKeychain } from './keychain.ts';

/** So long an app without a window waits for the next command, ms. */
const lingerMs = 30_000;

/** @param hasWindow whether the app is there for more than commands */
export async function offerKeychain(dataDirectory: string, hasWindow: () => boolean): Promise<void> {
  let leaving: NodeJS.Timeout | undefined;
  const server = await serveKeychain({ dataDirectory, findKeychain: findSystemKeychain, onChange: considerLeaving });
  app.once('will-quit', () => {
    clearTimeout(leaving);
    void server[Symbol.asyncDispose]();
  });

  function considerLeaving(): void {
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      if (!hasWindow() && server.connections === 0) app.quit();
    }, lingerMs);
  }
  considerLeaving();
}
