/**
 * How a proxy answers for the names of its service: certificates, redirects, HSTS, challenges. Everything is changed in
 * the running HAProxy, and in its files for one that starts again.
 * Source: https://docs.haproxy.org/2.6/management.html#9.3 (`new`, `set`, `commit`, `del ssl cert`; `add ssl crt-list`)
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeContext } from '../../../core/service/agent.ts';
import { certificateFacts, type ServedCertificate } from '../../../core/web/index.ts';
import type { ProxyDetail, ProxyHttps } from '../configuration.ts';
import { writeConfiguration } from './engine.ts';
import { type HttpsFiles, type MapEntry, mapText } from './haproxy-configuration.ts';
import { type HaproxyControl, replaceMap } from './haproxy-control.ts';
import type { Layout } from './layout.ts';

const challengePath = '/.well-known/acme-challenge/';

/** Where the files lie. */
export function httpsFiles(layout: Layout): HttpsFiles {
  return {
    list: join(layout.conf, 'certificates.list'),
    redirects: join(layout.conf, 'redirects.map'),
    hsts: join(layout.conf, 'hsts.map'),
    challenges: join(layout.conf, 'challenges.map'),
  };
}

/** A certificate's file. Its name was checked to be a domain name, in the manifest and at every method. */
const certificateFile = (layout: Layout, name: string) => join(layout.conf, `${name}.site.pem`);

/** HAProxy wants key and chain in one; what stands between blocks, and blank lines above all, would end a payload. */
function bundle({ chain, key }: ServedCertificate): string {
  const blocks = `${chain}\n${key}`.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? [];
  return `${blocks.join('\n').replaceAll(/[\r\n]+/g, '\n')}\n`;
}

/** Maps by file: what they should hold. */
function mapsOf(files: HttpsFiles, https: ProxyHttps, port: number): readonly (readonly [string, MapEntry[]])[] {
  const names = https.certificates.map(({ name }) => name);
  const at = https.port ?? port;
  const authority = (name: string) => (at === 443 ? name : `${name}:${at}`);
  return [
    [files.redirects, https.redirect ? names.map((name): MapEntry => [name, authority(name)]) : []],
    [files.hsts, https.hstsSeconds > 0 ? names.map((name): MapEntry => [name, `max-age=${https.hstsSeconds}`]) : []],
    [files.challenges, https.challenges.map(({ token, answer }): MapEntry => [`${challengePath}${token}`, answer])],
  ];
}

/** Writes all files that a HAProxy which starts now will read. */
export async function writeHttps(context: NodeContext, layout: Layout, https: ProxyHttps, port: number): Promise<void> {
  const files = httpsFiles(layout);
  const write = (path: string, text: string) =>
    writeConfiguration(context, layout, path.slice(layout.conf.length + 1), text);
  for (const certificate of https.certificates)
    await write(certificateFile(layout, certificate.name), bundle(certificate));
  const list = https.certificates.map(({ name }) => `${certificateFile(layout, name)}\n`);
  await write(files.list, list.join(''));
  for (const [path, entries] of mapsOf(files, https, port)) await write(path, mapText(entries));
}

/** Whether the running HAProxy was started with HTTPS: one of an earlier version of ours was not. */
export async function knowsHttps(control: HaproxyControl, layout: Layout): Promise<boolean> {
  const lists = await control.run('show ssl crt-list', /^/);
  return lists.split('\n').includes(httpsFiles(layout).list);
}

/** Brings the running HAProxy to what it should be; connections go on with what they have begun with. */
export async function synchronizeHttps(
  control: HaproxyControl,
  layout: Layout,
  https: ProxyHttps,
  port: number,
): Promise<ProxyDetail['https']> {
  const files = httpsFiles(layout);
  const loaded = await loadedCertificates(control);
  const served: Record<string, string> = {};
  for (const certificate of https.certificates) {
    const file = certificateFile(layout, certificate.name);
    const { fingerprint } = certificateFacts(certificate.chain);
    if (!loaded.has(file)) await control.run(`new ssl cert ${file}`, /New empty certificate store/);
    if (!loaded.has(file) || (await loadedFingerprint(control, file)) !== fingerprint) {
      await control.run(`set ssl cert ${file} <<\n${bundle(certificate)}`, /Transaction (created|updated)/);
      await control.run(`commit ssl cert ${file}`, /Success!/);
    }
    served[certificate.name] = fingerprint;
  }
  const listed = new Set(await listedCertificates(control, files.list));
  for (const { name } of https.certificates) {
    const file = certificateFile(layout, name);
    if (!listed.delete(file)) await control.run(`add ssl crt-list ${files.list} ${file}`, /Success!/);
  }
  // First nobody is sent to HTTPS any more, then it ends.
  for (const [path, entries] of mapsOf(files, https, port)) await replaceMap(control, path, entries);
  for (const file of listed) {
    await control.run(`del ssl crt-list ${files.list} ${file}`, /deleted in crtlist/);
    loaded.add(file);
  }
  const kept = new Set(https.certificates.map(({ name }) => certificateFile(layout, name)));
  for (const file of loaded) {
    if (kept.has(file)) continue;
    await control.run(`del ssl cert ${file}`, /deleted!/);
    await rm(file, { force: true });
  }
  return { certificates: served, challenges: https.challenges.map(({ token }) => token) };
}

/** Files of the certificates that it has; a change of one that was left half-way is dropped. */
async function loadedCertificates(control: HaproxyControl): Promise<Set<string>> {
  const lines = (await control.run('show ssl cert', /^/)).split('\n');
  for (const line of lines) {
    // `*<file>`: a transaction that an agent before us has not committed.
    if (line.startsWith('*')) await control.run(`abort ssl cert ${line.slice(1)}`, /aborted/);
  }
  return new Set(lines.filter((line) => line.startsWith('/')));
}

async function loadedFingerprint(control: HaproxyControl, file: string): Promise<string | undefined> {
  const text = await control.run(`show ssl cert ${file}`, /^/);
  return /^SHA1 FingerPrint: ([0-9A-F]+)$/m.exec(text)?.[1]?.toLowerCase();
}

/** Lines read `<file>:<number of the line>`, or `<file>` for one that was added at run time. */
async function listedCertificates(control: HaproxyControl, list: string): Promise<string[]> {
  const text = await control.run(`show ssl crt-list ${list}`, /^/);
  return text
    .split('\n')
    .filter((line) => line.startsWith('/'))
    .map((line) => line.replace(/:\d+$/, '').trim());
}
