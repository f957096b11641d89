/** Fetching of what a manifest names by URL: archives, scripts, dumps, git repositories. The manager alone does it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConpaasError } from '../../core/contract/errors.ts';
import { classifySource } from '../../core/manifest/index.ts';
import { download } from './download.ts';
import { defaultFetchLimits, type FetchOptions } from './fetch-options.ts';
import { fetchGit } from './git.ts';

export { type AddressKind, classifyAddress } from './addresses.ts';
export type { FetchLimits, FetchOptions } from './fetch-options.ts';
export type { Resolver } from './resolve.ts';

/**
 * Fetches a source (http:, https:, git+https:, git+ssh:, ssh:, https:….git; `#ref` names a branch, tag or commit of a
 * repository) into a file of `options.directory`. Link-local addresses are always refused, private ones unless
 * `allowPrivate`: after the name was looked up, and after each redirect.
 * @returns path and name of the file; a repository becomes a tar.gz
 * @throws ConpaasError source_unreachable, invalid_request, too_large, bad_archive, missing_package; the reason of the
 *   signal when it aborts
 */
export async function fetchSource(source: string, options: FetchOptions): Promise<{ path: string; name: string }> {
  options.signal.throwIfAborted();
  if (source.startsWith('-')) throw new ConpaasError('invalid_request', `"${source}" is no source; a URL is needed.`);
  const what = classifySource(source);
  if (what.kind === 'invalid') throw new ConpaasError('invalid_request', `The source "${source}" ${what.reason}.`);
  if (what.kind === 'path' || what.kind === 'blob')
    throw new ConpaasError(
      'invalid_request',
      `"${source}" is a path on your own computer, which the manager cannot read.`,
    );
  const limits = { ...defaultFetchLimits, ...options.limits };
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const url = new URL(what.url);
  if (what.kind === 'git') {
    const path = join(options.directory, 'source.tar.gz');
    return { path, name: await fetchGit(url, what.ref, path, limits, options) };
  }
  const path = join(options.directory, 'source');
  return { path, name: await download(url, path, limits, options) };
}
