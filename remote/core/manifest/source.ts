/** Sources of files in a manifest: what kind each is, which are local, and putting a blob in the place of one. */
import { ConpaasError } from '../contract/errors.ts';
import { type BlobSource, type DocumentPath, formatPath, type Manifest, type Source } from './types.ts';

export type ClassifiedSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'path'; readonly path: string }
  /** `ref`: branch, tag or commit; undefined = the default branch. `url` is https: or ssh:. */
  | { readonly kind: 'git'; readonly url: string; readonly ref: string | undefined }
  | { readonly kind: 'blob'; readonly blob: string; readonly name: string | undefined }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Tells what a source is. Git is `git+https://`, `git+ssh://`, `ssh://` or `https://….git`, with `#ref`. */
export function classifySource(source: Source): ClassifiedSource {
  if (typeof source !== 'string') return { kind: 'blob', blob: source.Blob, name: source.Name };
  if (source.trim() === '') return { kind: 'invalid', reason: 'is empty' };
  if (source.includes('\0')) return { kind: 'invalid', reason: 'holds a NUL character' };
  if (/^[\w.-]+@[\w.-]+:/.test(source))
    return { kind: 'invalid', reason: 'is a git address in short form; write git+ssh://user@host/path' };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'path', path: source };
  if (!['http', 'https', 'ssh', 'git+https', 'git+ssh'].includes(scheme))
    return {
      kind: 'invalid',
      reason: `uses ${scheme}://, which is not supported; use https://, git+https://, git+ssh:// or a local path`,
    };
  // The URL standard knows http(s) only as "special": strip git+ first, so that host names are checked alike.
  const text = source.replace(/^git\+/i, '');
  if (!URL.canParse(text)) return { kind: 'invalid', reason: 'is not a valid URL' };
  const url = new URL(text);
  if (url.hostname === '') return { kind: 'invalid', reason: 'names no host' };
  const git = scheme !== 'http' && (scheme !== 'https' || url.pathname.endsWith('.git'));
  if (!git) return { kind: 'url', url: url.href };
  const ref = url.hash === '' ? undefined : decodeURIComponent(url.hash.slice(1));
  if (ref !== undefined && !/^(?!-)(?!.*\.\.)[\w./-]{1,200}$/.test(ref))
    return { kind: 'invalid', reason: `names "${ref}" after #, which is no branch, tag or commit` };
  url.hash = '';
  return { kind: 'git', url: url.href, ref };
}

/** For a person: the URL or path as written, or the name of the blob. */
export function describeSource(source: Source): string {
  if (typeof source === 'string') return source;
  return source.Name ?? `blob ${source.Blob.slice(0, 12)}`;
}

/** Whether two sources mean the same file: same text, same blob, or the same folder packed by another zlib. */
export function sameSource(a: Source, b: Source): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.Blob === b.Blob || (a.Tree !== undefined && a.Tree === b.Tree);
}

/** A place in a manifest that names a local path. */
export interface LocalPath {
  /** As written; relative to the manifest's own folder. */
  readonly path: string;
  readonly service: string;
  readonly key: 'Archive' | 'StartupScript' | 'Dump';
  /** Where it stands; give it to `replaceSource`. */
  readonly at: DocumentPath;
}

/** All local paths of a manifest. Only window and command may read them. */
export function localPaths(manifest: Manifest): LocalPath[] {
  const found: LocalPath[] = [];
  for (const [index, service] of manifest.Services.entries()) {
    const note = (key: LocalPath['key'], source: Source, at: DocumentPath) => {
      const kind = classifySource(source);
      if (kind.kind === 'path') found.push({ path: kind.path, service: service.ServiceName, key, at });
    };
    for (const [layer, source] of (service.Archive ?? []).entries())
      note('Archive', source, ['Services', index, 'Archive', layer]);
    if (service.StartupScript !== undefined)
      note('StartupScript', service.StartupScript, ['Services', index, 'StartupScript']);
    if (service.Dump !== undefined) note('Dump', service.Dump, ['Services', index, 'Dump']);
  }
  return found;
}

/** The manifest with the source at `at` replaced, as after an upload; the one given is not changed. */
export function replaceSource(manifest: Manifest, at: DocumentPath, blob: BlobSource): Manifest {
  const copy: unknown = structuredClone(manifest);
  let holder: unknown = copy;
  for (const step of at.slice(0, -1)) holder = (holder as Record<string | number, unknown>)[step];
  const last = at.at(-1);
  if (last === undefined || holder === undefined) throw new RangeError(`no source at ${formatPath(at)}`);
  (holder as Record<string | number, unknown>)[last] = blob;
  return copy as Manifest;
}

/**
 * For director and manager, which read no files of the user's computer.
 * @throws ConpaasError invalid_request naming each local path
 */
export function refuseLocalPaths(manifest: Manifest): void {
  const paths = localPaths(manifest);
  const [first] = paths;
  if (first === undefined) return;
  throw new ConpaasError(
    'invalid_request',
    `The manifest names the local path "${first.path}" (${first.key} of ${first.service}), which can only be read on your own computer. Apply the manifest with the window or the conpaas command, which upload it, or use a URL.`,
    {
      places: paths.map((path) => ({
        path: formatPath(path.at),
        message: `Local path "${path.path}" was not uploaded`,
      })),
    },
  );
}
