/** What a page can not do, whatever runs in it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from './fixture.ts';

test('the page has no Node, no Electron, and a frozen bridge', async ({ page, desktop }) => {
  const seen = await page.evaluate(() => ({
    require: typeof (globalThis as Record<string, unknown>)['require'],
    process: typeof (globalThis as Record<string, unknown>)['process'],
    module: typeof (globalThis as Record<string, unknown>)['module'],
    secure: window.isSecureContext,
    bridge: Object.keys(window.conpaas).sort(),
    writable: Reflect.set(window.conpaas, 'connect', null),
  }));
  expect(seen).toMatchObject({
    require: 'undefined',
    process: 'undefined',
    module: 'undefined',
    secure: true,
    writable: false,
  });
  expect(seen.bridge).toEqual([
    'about',
    'chooseFiles',
    'chooseTarget',
    'collectDiagnostics',
    'connect',
    'copyText',
    'notify',
    'offerFiles',
    'onMenu',
    'onOpening',
    'onUpdate',
    'openDataDirectory',
    'remember',
    'resetPreferences',
    'saveDiagnostics',
    'saveText',
    'setMenu',
    'setPreferences',
    'update',
  ]);
  const preferences = await desktop.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
});

test('inline scripts, eval and foreign hosts are refused by the policy', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const refused: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.push(effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'window.entered = true';
    document.body.append(script);
    const style = document.createElement('style');
    style.textContent = 'body { color: red }';
    document.body.append(style);
    const fetched = await fetch('https://example.org/').then(
      () => 'answered',
      () => 'refused',
    );
    // Later, on its own: what runs inside the test's own evaluation may do more than a page.
    const evaluated = await new Promise((resolve) => {
      setTimeout(() => {
        try {
          resolve(new Function('return 1 + 1')());
        } catch {
          resolve('refused');
        }
      });
    });
    return { refused, fetched, evaluated, entered: 'entered' in window };
  });
  expect(seen).toMatchObject({ fetched: 'refused', evaluated: 'refused', entered: false });
  expect(seen.refused).toEqual(expect.arrayContaining(['script-src-elem', 'style-src-elem', 'connect-src']));
});

test('the page can not go elsewhere or open windows', async ({ page, desktop }) => {
  const here = page.url();
  const opened = await page.evaluate(() => window.open('https://example.org/') === null);
  expect(opened).toBe(true);
  for (const target of ['https://example.org/', 'file:///etc/passwd', 'data:text/html,<h1>x</h1>', 'app://other/']) {
    await page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      document.body.append(link);
      link.click();
      link.remove();
    }, target);
  }
  // A round trip through both processes, after which a navigation would have begun.
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  const now = await page.evaluate(() => ({
    url: window.location.href,
    headings: document.querySelectorAll('h1').length,
  }));
  expect(now).toEqual({ url: here, headings: 1 });
  expect(desktop.windows()).toHaveLength(1);
});

test('permissions are denied, devices and the clipboard too', async ({ page }) => {
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'];
    const asked = await Promise.all(names.map((name) => navigator.permissions.query({ name: name as PermissionName })));
    const clipboard = await navigator.clipboard.readText().then(
      () => 'read',
      () => 'denied',
    );
    return { states: asked.map(({ state }) => state), clipboard, notification: await Notification.requestPermission() };
  });
  expect(states.states.every((state) => state === 'denied')).toBe(true);
  expect(states).toMatchObject({ clipboard: 'denied', notification: 'denied' });
});

test('WebRTC finds no way out and tells no address; nothing is spell-checked', async ({ page, desktop }) => {
  const candidates = await page.evaluate(async () => {
    const connection = new RTCPeerConnection();
    const found: string[] = [];
    const gathered = new Promise<void>((resolve) => {
      connection.onicecandidate = ({ candidate }) => (candidate ? found.push(candidate.candidate) : resolve());
    });
    connection.createDataChannel('out');
    await connection.setLocalDescription();
    await gathered;
    connection.close();
    return found.filter(Boolean);
  });
  expect(candidates).toEqual([]);
  const spelling = await desktop.evaluate(({ session }) => session.defaultSession.isSpellCheckerEnabled());
  expect(spelling).toBe(false);
});

test('app:// serves the page and nothing above it', async ({ page }) => {
  const statuses = await page.evaluate(async () => {
    const ask = async (url: string) => {
      try {
        return (await fetch(url)).status;
      } catch {
        return 'refused';
      }
    };
    return {
      page: await ask('app://conpaas/index.html'),
      up: await ask('app://conpaas/../main/hub.mjs'),
      encoded: await ask('app://conpaas/%2e%2e/main/hub.mjs'),
      doubly: await ask('app://conpaas/..%2fmain%2fhub.mjs'),
      absolute: await ask('app://conpaas//etc/passwd'),
      backslash: await ask('app://conpaas/..%5cmain%5chub.mjs'),
      broken: await ask('app://conpaas/%ff'),
      other: await ask('app://elsewhere/index.html'),
    };
  });
  expect(statuses).toEqual({
    page: 200,
    up: 404,
    encoded: 404,
    doubly: 404,
    absolute: 404,
    backslash: 404,
    broken: 404,
    other: 'refused',
  });
});

test('a page can not name a path: only real files of the user get tickets', async ({ page }) => {
  const offered = await page.evaluate(async () => {
    const made = new File(['x'], '/etc/passwd');
    const answers: unknown[] = [await window.conpaas.offerFiles([made])];
    try {
      answers.push(await window.conpaas.offerFiles(['/etc/passwd'] as unknown as File[]));
    } catch {
      answers.push('refused');
    }
    return answers;
  });
  expect(offered).toEqual([[], 'refused']);
});

test('only one window opens on a data directory', async ({ page, director }) => {
  await expect(page.locator('h1')).toBeVisible();
  const electron = createRequire(import.meta.url)('electron') as unknown as string;
  const root = process.env['CONPAAS_WINDOW_ROOT'] ?? path.resolve(import.meta.dirname, '../..');
  const second = spawn(electron, [root, '--no-sandbox', '--disable-gpu'], {
    env: { ...process.env, CONPAAS_HOME: director.dataDirectory },
    stdio: 'ignore',
  });
  const [code] = await once(second, 'exit');
  expect(code).toBe(0);
});
