/**
 * The little that a page may ask of the desktop, and the hand-over of its port to the hub. Runs sandboxed, as one
 * CommonJS file. Paths of dropped files go from here to the main process; the page gets tickets.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Answered, Desktop, Opening, UpdateState } from './desktop.ts';

// A MessagePort does not pass the context bridge, but a window message may carry it.
ipcRenderer.on('hub-port', (event) => {
  window.postMessage('conpaas-hub-port', window.location.origin, [...event.ports]);
});

/** Asks the main process. @throws Error with what it says where it refuses */
async function ask<T>(channel: string, params?: unknown): Promise<T> {
  const answer = (await ipcRenderer.invoke(channel, params)) as Answered;
  if ('refused' in answer) throw new Error(answer.refused);
  return answer.value as T;
}

/** @returns what ends it */
function forward(channel: 'menu' | 'opening' | 'update', listener: (message: unknown) => void): () => void {
  const receive = (_event: unknown, message: unknown): void => listener(message);
  ipcRenderer.on(channel, receive);
  return () => ipcRenderer.removeListener(channel, receive);
}

const desktop: Desktop = {
  connect: () => ask('connect'),
  offerFiles: (files) => {
    // A file that a page made up has no path.
    const paths = files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '');
    return ask('offer-files', paths);
  },
  chooseFiles: (what) => ask('choose-files', what),
  chooseTarget: (name) => ask('choose-target', name),
  saveText: (name, text) => ask('save-text', { name, text }),
  copyText: (text) => ask('copy-text', text),
  setPreferences: (part) => ask('set-preferences', part),
  remember: (place) => ask('remember', place),
  openDataDirectory: () => ask('open-data-directory'),
  resetPreferences: () => ask('reset-preferences'),
  notify: (note) => ask('notify', note),
  collectDiagnostics: (state) => ask('collect-diagnostics', state),
  saveDiagnostics: () => ask('save-diagnostics'),
  update: (what) => ask('update', what),
  onUpdate: (listener) => forward('update', (state) => listener(state as UpdateState)),
  setMenu: (entries) => ask('set-menu', entries),
  about: () => ask('about'),
  onMenu: (listener) => forward('menu', (action) => listener(String(action))),
  onOpening: (listener) => forward('opening', (opening) => listener(opening as Opening)),
};

contextBridge.exposeInMainWorld('conpaas', desktop);
