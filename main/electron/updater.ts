/**
 * The updater of this package's kind, loaded when it is first needed. Downloads are checked by SHA-512 against the feed,
 * older versions are never taken, and nothing is downloaded or installed unless the user says so.
 */
import electronUpdater, { type AppUpdater } from 'electron-updater';

export interface UpdaterOptions {
  /** In place of the package's own `app-update.yml`: for tests, and only where the program is not packaged. */
  readonly configuration?: string | undefined;
  readonly channel: 'latest' | 'beta';
}

export function openUpdater({ configuration, channel }: UpdaterOptions): AppUpdater {
  const updater = electronUpdater.autoUpdater;
  if (configuration !== undefined) {
    updater.forceDevUpdateConfig = true;
    updater.updateConfigPath = configuration;
  }
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.logger = null;
  updater.channel = channel;
  // Setting a channel allows older versions too.
  updater.allowDowngrade = false;
  return updater;
}
