/** Updates of the program: looked for, downloaded and installed when the user says so; the page shows how that stands. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { app } from 'electron';
import type { AppUpdater } from 'electron-updater';
import type { UpdateState } from '../desktop.ts';
import type { Preferences } from '../preferences.ts';
import { type MainTexts, mainTexts } from './texts.ts';

export interface Updates {
  state(): UpdateState;
  /** Asks the feed. Never throws: what went wrong is the state. */
  look(): Promise<UpdateState>;
  /** Downloads what was offered, and checks it. */
  download(): Promise<UpdateState>;
  /** Ends the program and starts the new one. Applications go on meanwhile. */
  install(): void;
}

export interface UpdatesOptions {
  preferences(): Preferences;
  changed(state: UpdateState): void;
}

export function openUpdates({ preferences, changed }: UpdatesOptions): Updates {
  const reason = whyNot();
  const texts = (): MainTexts['updates'] => mainTexts(preferences()).updates;
  let state: UpdateState = { state: 'unknown' };
  let opened: Promise<AppUpdater> | undefined;

  /** In the language that is in force now. */
  function told(): UpdateState {
    return reason === undefined ? state : { state: 'unsupported', reason: texts().unsupported[reason] };
  }

  function set(next: UpdateState): UpdateState {
    state = next;
    changed(next);
    return next;
  }

  async function updater(): Promise<AppUpdater> {
    opened ??= import('./updater.ts').then(({ openUpdater }) => {
      const updater = openUpdater({ configuration: configuration(), channel: preferences().updateChannel });
      updater.on('download-progress', ({ percent }) => {
        if (state.state === 'downloading') set({ ...state, percent: Math.round(percent) });
      });
      // Told by the call that failed, too; without a listener it would end the process.
      updater.on('error', () => undefined);
      return updater;
    });
    const current = await opened;
    current.channel = preferences().updateChannel;
    current.allowDowngrade = false;
    return current;
  }

  return {
    state: told,
    async look() {
      if (reason !== undefined || state.state === 'downloading' || state.state === 'ready') return told();
      set({ state: 'looking' });
      try {
        const result = await (await updater()).checkForUpdates();
        if (!result?.isUpdateAvailable) return set({ state: 'newest', at: Date.now() });
        const { version, releaseNotes } = result.updateInfo;
        return set({ state: 'offered', version, ...(typeof releaseNotes === 'string' ? { notes: releaseNotes } : {}) });
      } catch (error) {
        return set({ state: 'failed', during: 'look', message: messageOf(error, texts()) });
      }
    },
    async download() {
      if (state.state !== 'offered') return told();
      const { version } = state;
      set({ state: 'downloading', version, percent: 0 });
      try {
        await (await updater()).downloadUpdate();
        return set({ state: 'ready', version });
      } catch (error) {
        return set({ state: 'failed', during: 'download', message: messageOf(error, texts()) });
      }
    },
    install() {
      if (state.state === 'ready') void updater().then((current) => current.quitAndInstall(false, true));
    },
  };
}

/** A feed for tests; a packaged program has its own. */
function configuration(): string | undefined {
  return app.isPackaged ? undefined : process.env['CONPAAS_UPDATE_CONFIGURATION'];
}

/** Why this copy cannot update itself; undefined: it can. */
function whyNot(): keyof MainTexts['updates']['unsupported'] | undefined {
  if (configuration() !== undefined) return undefined;
  if (!app.isPackaged) return 'checkout';
  if (!existsSync(path.join(process.resourcesPath, 'app-update.yml'))) {
    return 'noFeed';
  }
  const isAppImage = process.env['APPIMAGE'] !== undefined;
  const isDebian = existsSync(path.join(process.resourcesPath, 'package-type'));
  if (process.platform === 'linux' && !isAppImage && !isDebian) {
    return 'unpacked';
  }
  return undefined;
}

/** The updater's first line; the others are its own inside. */
function messageOf(error: unknown, texts: MainTexts['updates']): string {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return /sha512 checksum mismatch/i.test(first) ? texts.damaged : texts.failed(first.slice(0, 200));
}
