/**
 * app://conpaas/ serves dist/renderer and nothing else. Every page gets a policy of its own with a fresh nonce, which
 * the theme stamps on the style elements it makes: no inline script or style runs without it.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ProtocolResponse, protocol, type Session } from 'electron';

export const origin = 'app://conpaas';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/**
 * Serves `root` as app://conpaas/ in `session`. By the older of the two ways, which is deprecated: the newer one answers with
 * a `Response`, for which Node loads its whole HTTP client, and every start waits for that (30 of 650 ms, measured).
 * @param told what a page is told before it is connected; goes into the page as JSON
 */
export function serveApp(session: Session, root: string, told: () => unknown): void {
  session.protocol.registerBufferProtocol('app', (request, answer) => {
    const file = request.method === 'GET' ? fileFor(root, request.url) : undefined;
    const content = file === undefined ? Promise.resolve(undefined) : readFile(file).catch(() => undefined);
    void content.then((bytes) =>
      answer(file === undefined || bytes === undefined ? refusal() : respond(file, bytes, told)),
    );
  });
}

/** The file that a URL names, or undefined where it names none below `root`. Pure, for its test. */
function fileFor(root: string, url: string): string | undefined {
  let target: URL;
  let name: string;
  try {
    target = new URL(url);
    name = decodeURIComponent(target.pathname);
  } catch {
    return undefined;
  }
  if (target.protocol !== 'app:' || target.host !== 'conpaas' || name.includes('\0') || name.includes('\\'))
    return undefined;
  const file = path.join(root, name === '/' ? 'index.html' : name);
  return file.startsWith(root + path.sep) && types[path.extname(file)] !== undefined ? file : undefined;
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

function respond(file: string, content: Buffer, told: () => unknown): ProtocolResponse {
  const extension = path.extname(file);
  const nonce = randomBytes(16).toString('base64');
  return {
    data: extension === '.html' ? Buffer.from(pageText(content, nonce, told())) : content,
    headers: {
      'Content-Type': types[extension] ?? 'application/octet-stream',
      'Content-Security-Policy': policy(nonce),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
    },
  };
}

/** `<` is escaped: what is told can not end the element it stands in. */
function pageText(content: Buffer, nonce: string, told: unknown): string {
  const json = JSON.stringify(told ?? null).replaceAll('<', '\\u003c');
  return content
    .toString('utf8')
    .replaceAll('__CSP_NONCE__', nonce)
    .replace('"__TOLD__"', () => json);
}

function refusal(): ProtocolResponse {
  return {
    statusCode: 404,
    data: Buffer.from('not found'),
    headers: { 'Content-Type': 'text/plain', 'Content-Security-Policy': policy('none') },
  };
}
