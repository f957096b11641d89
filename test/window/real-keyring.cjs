/**
 * For Electron's `-r`, after Playwright's own loader: that one makes Chromium keep secrets in plain text, and this takes it
 * back. Without any loader (with `executablePath`) a window that is quick hangs `_electron.launch`, since the page is
 * there before Playwright attaches.
 */
// biome-ignore lint/style/noRestrictedImports: it runs inside Electron
require('electron').app.commandLine.removeSwitch('password-store');
