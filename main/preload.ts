/**
 * The little that a page may ask of the desktop, and the hand-over of its port to the hub. Runs sandboxed, as one
 * CommonJS file. Paths of dropped files go from here to the main process; the page gets tickets.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Desktop, Opening, UpdateState } from './desktop.ts';

// A MessagePort does not pass the context bridge, but a window message may carry it.
ipcRenderer.on('hub-port', (event) => {
  window.postMessage('conpaas-hub-port', window.location.origin, [...event.ports]);
});

/** @returns what ends it */
function forward(channel: 'menu' | 'opening' | 'update', listener: (message: unknown) => void): () => void {
  const receive = (_event: unknown, message: unknown): void => listener(message);
  ipcRenderer.on(channel, receive);
  return () => ipcRenderer.removeListener(channel, receive);
}

const desktop: Desktop = {
  connect: () => ipcRenderer.invoke('connect'),
  offerFiles: (files) => {
    // A file that a page made up has no path.
    const paths = files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '');
    return ipcRenderer.invoke('offer-files', paths);
  },
  chooseFiles: (what) => ipcRenderer.invoke('choose-files', what),
  chooseTarget: (name) => ipcRenderer.invoke('choose-target', name),
  saveText: (name, text) => ipcRenderer.invoke('save-text', { name, text }),
  copyText: (text) => ipcRenderer.invoke('copy-text', text),
  setPreferences: (part) => ipcRenderer.invoke('set-preferences', part),
  remember: (place) => ipcRenderer.invoke('remember', place),
  openDataDirectory: () => ipcRenderer.invoke('open-data-directory'),
  resetPreferences: () => ipcRenderer.invoke('reset-preferences'),
  notify: (note) => ipcRenderer.invoke('notify', note),
  collectDiagnostics: (state) => ipcRenderer.invoke('collect-diagnostics', state),
  saveDiagnostics: () => ipcRenderer.invoke('save-diagnostics'),
  update: (what) => ipcRenderer.invoke('update', what),
  onUpdate: (listener) => forward('update', (state) => listener(state as UpdateState)),
  setMenu: (entries) => ipcRenderer.invoke('set-menu', entries),
  about: () => ipcRenderer.invoke('about'),
  onMenu: (listener) => forward('menu', (action) => listener(String(action))),
  onOpening: (listener) => forward('opening', (opening) => listener(opening as Opening)),
};

contextBridge.exposeInMainWorld('conpaas', desktop);
