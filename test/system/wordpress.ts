/**
 * WordPress as its users make it: the files of Debian's package with our wp-config.php over them; and somebody with a browser
 * who installs it and writes in it: forms, cookies and nonces, nothing else.
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { manifest } from './paths.ts';

/**
 * The ready-made manifest for the files that Debian has.
 * @param healthSeconds how long its first page may take; absent: as it is ready-made
 * @returns its path, in a folder that holds all it names
 */
export async function wordPressIn(folder: string, backends: number, healthSeconds?: number): Promise<string> {
  await cp('/usr/share/wordpress', path.join(folder, 'wordpress'), { recursive: true, dereference: true });
  await cp(manifest('wordpress'), path.join(folder, 'overlay'), { recursive: true });
  const ready = JSON.parse(await readFile(manifest('wordpress.json'), 'utf8')) as { Services: object[] };
  const [php = {}, ...others] = ready.Services;
  Object.assign(php, {
    ...{ Archive: ['wordpress', 'overlay'], StartupInstances: { backend: backends } },
    ...(healthSeconds !== undefined && { HealthCheck: { Path: '/wp-login.php', Timeout: healthSeconds } }),
  });
  const file = path.join(folder, 'wordpress.json');
  await writeFile(file, JSON.stringify({ ...ready, $schema: undefined, Services: [php, ...others] }));
  return file;
}

const password = 'correct horse battery staple 9!';

/** Goes through WordPress's own installer. @returns its page */
export async function installed(admin: Visitor, title: string): Promise<string> {
  const { text } = await admin.post('/wp-admin/install.php?step=2', {
    weblog_title: title,
    user_name: 'ann',
    admin_password: password,
    admin_password2: password,
    admin_email: 'ann@example.org',
    blog_public: '0',
    language: '',
  });
  return text;
}

/** @returns the page that follows */
export async function loggedIn(admin: Visitor, address: string): Promise<string> {
  await admin.get('/wp-login.php');
  const fields = { log: 'ann', pwd: password, redirect_to: `${address}/wp-admin/`, testcookie: '1' };
  return (await admin.post('/wp-login.php', fields)).text;
}

/** @returns the id of the post */
export async function published(admin: Visitor, title: string, content: string): Promise<number> {
  const { text: nonce } = await admin.get('/wp-admin/admin-ajax.php?action=rest-nonce');
  const post = { title, content, status: 'publish' };
  return z.object({ id: z.number() }).parse(await admin.json('/?rest_route=/wp/v2/posts', post, nonce)).id;
}

export interface Visitor {
  get(path: string): Promise<{ status: number; text: string }>;
  post(path: string, fields: Readonly<Record<string, string>>): Promise<{ status: number; text: string }>;
  json(path: string, body: unknown, nonce: string): Promise<unknown>;
}

/** A browser's jar of cookies; redirects are followed. */
export function visitor(address: string): Visitor {
  const jar = new Map<string, string>();

  async function send(path: string, init: RequestInit, hops = 0): Promise<{ status: number; text: string }> {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const answer = await fetch(new URL(path, `${address}/`), { ...init, headers, redirect: 'manual' });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = answer.headers.get('location');
    if (location !== null && answer.status >= 300 && answer.status < 400 && hops < 5) {
      await answer.arrayBuffer();
      return send(new URL(location, new URL(path, `${address}/`)).href, {}, hops + 1);
    }
    return { status: answer.status, text: await answer.text() };
  }

  return {
    get: (path) => send(path, {}),
    post: (path, fields) => send(path, { method: 'POST', body: new URLSearchParams(fields) }),
    async json(path, body, nonce) {
      const headers = { 'content-type': 'application/json', 'x-wp-nonce': nonce };
      const { status, text } = await send(path, { method: 'POST', body: JSON.stringify(body), headers });
      if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
      return JSON.parse(text);
    },
  };
}

/** The value of a hidden field. @throws with the page where it is not there */
export function hiddenField(page: string, name: string): string {
  const input = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(page)?.[0] ?? '';
  const value = /value="([^"]*)"/.exec(input)?.[1];
  if (value === undefined) throw new Error(`There is no field ${name} in: ${page.slice(0, 2000)}`);
  return value;
}
