/**
 * Electron's checklist for safe applications, item by item, in a real window.
 * See https://www.electronjs.org/docs/latest/tutorial/security. `security.spec.ts` goes deeper into some of them.
 */
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import type { ElectronApplication, Page } from '@playwright/test';
import { parse } from 'yaml';
import { on, wantedFuses } from '../../scripts/dist/objections.ts';
import { electronUse } from '../../scripts/electron/members.ts';
import { expect, type OpenedDesktop, openDesktop, test, watched } from './fixture.ts';
import { applicationOf, type ScriptedDirector, startScriptedDirector } from './scripted/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

let director: ScriptedDirector;
let opened: OpenedDesktop;
let desktop: ElectronApplication;
let page: Page;

// One window for all: nothing here changes it.
test.beforeAll(async () => {
  director = await startScriptedDirector();
  director.put(applicationOf({ name: 'ours', summary: { address: 'https://ours.example/' } }));
  director.put(applicationOf({ name: 'theirs', summary: { address: 'file:///etc/passwd' } }));
  director.put(applicationOf({ name: 'broken', summary: { address: 'not an address' } }));
  opened = await openDesktop(director.dataDirectory);
  desktop = opened.desktop;
  page = await watched(desktop);
  await page.getByRole('link', { name: 'theirs' }).waitFor();
});
test.afterAll(async () => {
  await opened?.[Symbol.asyncDispose]();
  await director?.[Symbol.asyncDispose]();
});

/** What the window was made with. */
const preferences = () =>
  desktop.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });

/** Text of every file of ours that runs in Electron's main process or as its preload. */
async function sources(): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(root, 'main/electron');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const files = [...names.map((name) => path.join(folder, name)), path.join(root, 'main/preload.ts')];
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const)));
}

test('1. only secure content is loaded: app:// and nothing from a network', async () => {
  let asked = 0;
  const server = createServer((_request, answer) => {
    asked += 1;
    answer.setHeader('Access-Control-Allow-Origin', '*').end('x');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const outcomes = await page.evaluate(async (where) => {
      const element = (name: string, attributes: Record<string, string>) =>
        new Promise<string>((resolve) => {
          const made = Object.assign(document.createElement(name), attributes);
          made.onload = () => resolve('loaded');
          made.onerror = () => resolve('refused');
          document.body.append(made);
        });
      const socket = new Promise<string>((resolve) => {
        try {
          const made = new WebSocket(`ws://${where}`);
          made.onopen = () => resolve('opened');
          made.onerror = () => resolve('refused');
        } catch {
          resolve('refused');
        }
      });
      return [
        await fetch(`http://${where}`).then(
          () => 'answered',
          () => 'refused',
        ),
        await element('img', { src: `http://${where}` }),
        await element('script', { src: `http://${where}` }),
        await element('link', { rel: 'stylesheet', href: `http://${where}` }),
        await socket,
      ];
    }, address);
    expect(outcomes).toEqual(['refused', 'refused', 'refused', 'refused', 'refused']);
    // The request filter alone, without the policy of the page before it.
    const filtered = await desktop.evaluate(
      ({ session }, where) =>
        session.defaultSession.fetch(`http://${where}`).then(
          () => 'answered',
          () => 'refused',
        ),
      address,
    );
    expect(filtered).toBe('refused');
    expect(asked).toBe(0);
  } finally {
    server.close();
  }
  const loaded = await page.evaluate(() =>
    [window.location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)].filter(
      (name) => !name.startsWith('http://127.0.0.1:'), // those refused above
    ),
  );
  expect(loaded.filter((url) => !url.startsWith('app://conpaas/') && !url.startsWith('ws:'))).toEqual([]);
});

test('2. there is no Node in the page, its frames or workers', async () => {
  expect(await preferences()).toMatchObject({ nodeIntegration: false, nodeIntegrationInSubFrames: false });
  expect((await preferences())['nodeIntegrationInWorker']).not.toBe(true);
  const seen = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global'].filter((n) => n in window),
  );
  expect(seen).toEqual([]);
});

test('3. the context of the page is isolated from that of the preload', async () => {
  expect(await preferences()).toMatchObject({ contextIsolation: true });
  // What the page changes of its own world, the preload does not see.
  const answer = await page.evaluate(async () => {
    const map = Array.prototype.map;
    Array.prototype.map = (() => ['/etc/passwd']) as never;
    try {
      return await window.conpaas.offerFiles([]);
    } finally {
      Array.prototype.map = map;
    }
  });
  expect(answer).toEqual([]);
});

test('4. the process of the page is sandboxed', async () => {
  expect(await preferences()).toMatchObject({ sandbox: true });
});

test('5. permissions are refused, whatever is asked for', async () => {
  const outcomes = await page.evaluate(async () => {
    const refused = (work: Promise<unknown>) =>
      work.then(
        () => 'granted',
        () => 'refused',
      );
    const position = new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject));
    return [
      await refused(navigator.mediaDevices.getUserMedia({ audio: true, video: true })),
      await refused(navigator.mediaDevices.getDisplayMedia({ video: true })),
      await refused(position),
      await refused(navigator.clipboard.readText()),
      await refused(navigator.requestMIDIAccess({ sysex: true })),
      (await Notification.requestPermission()) === 'denied' ? 'refused' : 'granted',
    ];
  });
  expect(outcomes).toEqual(outcomes.map(() => 'refused'));
});

test('6. webSecurity stays on', async () => {
  expect(await preferences()).toMatchObject({ webSecurity: true });
});

test('7. every answer has a content security policy without unsafe-inline, unsafe-eval or wildcards', async () => {
  const policies = await page.evaluate(async () => {
    const urls = ['/', '/main.js', '/main.css', '/nothing.js'];
    return Promise.all(urls.map(async (url) => (await fetch(url)).headers.get('content-security-policy')));
  });
  for (const policy of policies) {
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:|blob:|https?:/);
  }
});

test('8. insecure content is not allowed', async () => {
  expect((await preferences())['allowRunningInsecureContent']).not.toBe(true);
});

test('9. experimental features are off', async () => {
  const { experimentalFeatures } = await preferences();
  expect(experimentalFeatures).not.toBe(true);
});

test('10. no features of Blink are switched on', async () => {
  expect((await preferences())['enableBlinkFeatures'] ?? '').toBe('');
  for (const [file, text] of await sources()) expect(text, file).not.toMatch(/enable-?blink-?features/i);
});

test('11. there are no web views, and so none with popups', async () => {
  expect(await preferences()).toMatchObject({ webviewTag: false });
  const views = await page.evaluate(() => {
    const view: HTMLElement = document.createElement('webview');
    view.setAttribute('src', 'app://conpaas/');
    view.setAttribute('allowpopups', 'on');
    document.body.append(view);
    const is = 'getWebContentsId' in view;
    view.remove();
    return is;
  });
  expect(views).toBe(false);
});

test('12. a web view would be refused before it is made, in any page', async () => {
  const refused = await desktop.evaluate(({ BrowserWindow, webContents }) => {
    const other = new BrowserWindow({ show: false });
    try {
      return webContents.getAllWebContents().map((contents) => {
        let prevented = false;
        const event = { preventDefault: () => (prevented = true) };
        contents.emit('will-attach-webview', event, {}, { src: 'https://example.org/' });
        return prevented;
      });
    } finally {
      other.destroy();
    }
  });
  expect(refused).toEqual([true, true]);
});

test('13. no page and no frame leads elsewhere', async () => {
  const here = page.url();
  for (const target of ['https://example.org/', 'file:///etc/passwd', 'data:text/html,x', 'app://conpaas/main.js']) {
    await page.evaluate((url) => {
      const link = Object.assign(document.createElement('a'), { href: url });
      const form = Object.assign(document.createElement('form'), { action: url, method: 'get' });
      const frame = Object.assign(document.createElement('iframe'), { src: url });
      document.body.append(link, form, frame);
      link.click();
      form.submit();
      frame.remove();
      form.remove();
      link.remove();
    }, target);
  }
  // A round trip through both processes, after which a navigation would have begun.
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  expect(await page.evaluate(() => window.location.href)).toBe(here);
});

test('14. no window is opened by a page', async () => {
  const windows = await page.evaluate(() => {
    const urls = ['https://example.org/', 'about:blank', 'app://conpaas/', 'file:///etc/passwd'];
    const opened = urls.map((url) => window.open(url) !== null);
    const link = Object.assign(document.createElement('a'), { href: 'https://example.org/', target: '_blank' });
    document.body.append(link);
    link.click();
    link.remove();
    return opened;
  });
  expect(windows).toEqual([false, false, false, false]);
  expect(await desktop.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1);
});

test('15. openExternal is given web addresses and nothing else', async () => {
  await desktop.evaluate(({ shell }) => {
    const seen: string[] = [];
    Object.assign(globalThis, { openedByTest: seen });
    shell.openExternal = async (url) => void seen.push(url);
  });
  const openedAddresses = () =>
    desktop.evaluate(() => (globalThis as unknown as { openedByTest: readonly string[] }).openedByTest);
  for (const address of ['file:///etc/passwd', 'not an address', 'https://ours.example/']) {
    await page.evaluate((text) => {
      for (const each of document.querySelectorAll('button')) if (each.textContent === text) each.click();
    }, address);
  }
  // The last one has gone the same way after the others.
  await expect.poll(openedAddresses).toEqual(['https://ours.example/']);
});

test('16. one version of Electron is pinned, and it is the one that is checked against', async () => {
  const { devDependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(devDependencies['electron']).toMatch(/^\d+\.\d+\.\d+$/);
  const installed = await readFile(path.join(root, 'node_modules/electron/package.json'), 'utf8');
  expect((JSON.parse(installed) as { version: string }).version).toBe(devDependencies['electron']);
});

/** Facts that Electron hands over with a call or an event; they are there or not where they are used. */
const handedOver = new Set([
  '__type',
  'IpcMainInvokeEvent',
  'IpcRendererEvent',
  'OnBeforeRequestListenerDetails',
  'OpenDialogReturnValue',
  'ProtocolRequest',
  'SaveDialogReturnValue',
  'WebContentsWillFrameNavigateEventParams',
  'WebContentsWillNavigateEventParams',
]);
/** What only a preload script has. */
const ofPreload = { ContextBridge: 'contextBridge', IpcRenderer: 'ipcRenderer', WebUtils: 'webUtils' } as const;

test('16. every member of Electron that is used is there in the one that runs', async () => {
  const info = test.info();
  test.slow(); // the type checker reads the whole project
  const { imports, members } = electronUse(root);
  const used = [...members].filter(([owner]) => !handedOver.has(owner));
  const child = info.outputPath('child.cjs');
  await writeFile(child, 'process.exit();');
  const preload = info.outputPath('preload.cjs');
  const asked = used.filter(([owner]) => owner in ofPreload);
  const text = Object.entries(ofPreload).map(([owner, name]) => [name, members.get(owner) ?? []]);
  await writeFile(
    preload,
    `const electron = require('electron');
     const missing = ${JSON.stringify(text)}.flatMap(([name, members]) =>
       members.filter((member) => !(member in electron[name])).map((member) => name + '.' + member));
     electron.contextBridge.exposeInMainWorld('missing', missing);`,
  );
  const missing = await desktop.evaluate(
    async (electron, { script, program, wanted, names }) => {
      const { app, BrowserWindow, session, utilityProcess } = electron;
      const [window] = BrowserWindow.getAllWindows();
      if (!window) throw new Error('there is no window');
      const fork = utilityProcess.fork(program);
      const gone = new Promise((resolve) => fork.once('exit', resolve));
      const there: Readonly<Record<string, readonly object[]>> = {
        App: [app],
        BrowserWindow: [BrowserWindow, window],
        Clipboard: [electron.clipboard],
        CommandLine: [app.commandLine],
        Dialog: [electron.dialog],
        IpcMain: [electron.ipcMain],
        Menu: [electron.Menu],
        NativeTheme: [electron.nativeTheme],
        Notification: [electron.Notification.prototype],
        PowerMonitor: [electron.powerMonitor],
        Process: [process],
        ProcessVersions: [process.versions],
        Protocol: [electron.protocol],
        SafeStorage: [electron.safeStorage],
        Screen: [electron.screen],
        Session: [session, session.defaultSession],
        Shell: [electron.shell],
        UtilityProcess: [utilityProcess, fork],
        WebContents: [window.webContents],
        WebFrameMain: [window.webContents.mainFrame],
        WebRequest: [session.defaultSession.webRequest],
      };
      const absent = wanted.flatMap(([owner, used]) =>
        used.filter((name) => !there[owner]?.some((object) => name in object)).map((name) => `${owner}.${name}`),
      );
      await gone;
      const other = new BrowserWindow({ show: false, webPreferences: { preload: script, sandbox: true } });
      try {
        await other.loadURL('about:blank');
        const inPreload = (await other.webContents.executeJavaScript('window.missing')) as readonly string[];
        return [...absent, ...inPreload, ...names.filter((name) => !(name in electron))];
      } finally {
        other.destroy();
      }
    },
    {
      script: preload,
      program: child,
      wanted: used.filter(([owner]) => !(owner in ofPreload)),
      names: imports.filter((name) => !(Object.values(ofPreload) as string[]).includes(name)),
    },
  );
  expect(missing).toEqual([]);
  expect(asked.map(([owner]) => owner).sort()).toEqual(Object.keys(ofPreload).sort());
});

test('17. every channel refuses a sender that is not our page', async () => {
  // A foreign page that got hold of our preload: all that it can ask is refused.
  const preload = path.join(root, 'dist/main/preload.cjs');
  const said: string[] = [];
  desktop.process().stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const { answers, channels } = await desktop.evaluate(async ({ BrowserWindow, ipcMain }, script) => {
    const other = new BrowserWindow({ show: false, webPreferences: { preload: script, sandbox: true } });
    try {
      await other.loadURL('about:blank');
      const text = `Promise.all(Object.entries(window.conpaas).filter(([name]) => !name.startsWith('on')).map(
        async ([name, ask]) => [name, await ask([]).then(() => 'answered', (error) => String(error))]))`;
      const asked = (await other.webContents.executeJavaScript(text)) as [string, string][];
      const { _invokeHandlers } = ipcMain as unknown as { _invokeHandlers: Map<string, unknown> };
      return { answers: asked, channels: [..._invokeHandlers.keys()] };
    } finally {
      other.destroy();
    }
  }, preload);
  // The bridge has one question for each channel: so these were all of them.
  expect(answers.length).toBe(channels.length);
  for (const [name, answer] of answers) expect(answer, name).toContain('not for this page');
  // Each is said in a line, and with no word of where in the program.
  await expect.poll(() => said.join('').match(/^main: .*: not for this page$/gm)?.length).toBe(answers.length);
  expect(said.join('')).not.toMatch(/^ +at |Error occurred/m);
  const texts = [...(await sources()).values()].join('\n');
  expect(texts.match(/ipcMain\.\w+/g)).toEqual(['ipcMain.handle']); // the one that checks
});

test('18. file:// is not used, and nothing of it can be read', async () => {
  expect(page.url()).toMatch(/^app:\/\/conpaas\//);
  const read = await page.evaluate(() =>
    fetch('file:///etc/passwd').then(
      () => 'read',
      () => 'refused',
    ),
  );
  expect(read).toBe('refused');
  for (const [file, text] of await sources()) expect(text, file).not.toMatch(/loadFile|['"`]file:/);
});

test('19. the fuses that packaging sets are those that a release must have, and all that there are', async () => {
  const { electronFuses } = parse(await readFile(path.join(root, 'electron-builder.yml'), 'utf8')) as {
    electronFuses: Record<string, boolean>;
  };
  const set = Object.entries(electronFuses).map(([name, is]) => [name.charAt(0).toUpperCase() + name.slice(1), is]);
  const wanted = Object.entries(wantedFuses).map(([name, state]) => [name, state === on]);
  expect(Object.fromEntries(set)).toEqual(Object.fromEntries(wanted));
  const all = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  expect(all.filter((name) => !(name in wantedFuses))).toEqual(['LoadBrowserProcessSpecificV8Snapshot']);
  // That they are so in what was packed, `objections` reads from its executable: see test/package.
});

test('20. the page is given no part of Electron', async () => {
  const seen = await page.evaluate(() => {
    const bridge = window.conpaas as unknown as Record<string, unknown>;
    return {
      frozen: Object.isFrozen(bridge),
      kinds: [...new Set(Object.values(bridge).map((value) => typeof value))],
      globals: ['ipcRenderer', 'electron', 'webUtils', 'contextBridge'].filter((name) => name in window),
    };
  });
  expect(seen).toEqual({ frozen: true, kinds: ['function'], globals: [] });
  // What main says to the page comes without the event it came with, which would lead to the sender.
  const said = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        window.conpaas.onMenu((...heard: unknown[]) => resolve(heard.length));
      }),
  );
  await expect
    .poll(async () => {
      await desktop.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.webContents.send('menu', 'nothing.that.exists');
      });
      return Promise.race([said, Promise.resolve(undefined)]);
    })
    .toBe(1);
});
