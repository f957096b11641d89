/** Somebody with a browser who installs WordPress and writes in it: forms, cookies and nonces, nothing else. */

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
