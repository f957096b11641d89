/** Asking for pages, without keeping connections. */
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface Page {
  readonly status: number;
  readonly body: string;
}

/** One GET over a connection of its own. */
export function get(url: string, signal: AbortSignal): Promise<Page> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

/** Asks until a page is as wanted. @throws after 30 s */
export async function untilPage(url: string, wanted: (page: Page) => boolean, signal: AbortSignal): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
  for (;;) {
    const page = await get(url, limited).catch(() => {
      limited.throwIfAborted();
      return undefined; // not listening yet
    });
    if (page && wanted(page)) return;
    await delay(3, undefined, { signal: limited });
  }
}

export const isOk = ({ status }: Page): boolean => status === 200;
