/**
 * The little that a page may ask of the desktop, and the hand-over of its port to the hub. Runs sandboxed, as one
 * CommonJS file. Paths of dropped files go from here to the main process; the page gets tickets.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Desktop } from './desktop.ts';

// A MessagePort does not pass the context bridge, but a window message may carry it.
ipcRenderer.on('hub-port', (event) => {
  window.postMessage('conpaas-hub-port', window.location.origin, [...event.ports]);
});

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
  setTheme: (theme) => ipcRenderer.invoke('set-theme', theme),
  about: () => ipcRenderer.invoke('about'),
  onMenu: (listener) => {
    const forward = (_event: unknown, action: unknown) => listener(String(action));
    ipcRenderer.on('menu', forward);
    return () => ipcRenderer.removeListener('menu', forward);
  },
};

contextBridge.exposeInMainWorld('conpaas', desktop);
