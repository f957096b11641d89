/** Debian packages as machines get them through their director, which keeps what it has fetched. */
import { z } from 'zod';
import { method } from './method.ts';

/** Archives that a director fetches from, by our names; where their mirrors are is the director's to know. */
export const ArchiveName = z.enum(['debian', 'debian-security', 'ubuntu', 'ubuntu-ports']);
export type ArchiveName = z.infer<typeof ArchiveName>;

/** No step of a path begins with a dot, so none leads up. */
const step = '[A-Za-z0-9][A-Za-z0-9+.~_-]{0,200}';
const inPool = new RegExp(`^pool(/${step}){2,6}[.]deb$`);
const byHash = new RegExp(`^dists(/${step}){1,6}/by-hash/SHA(256/[0-9a-f]{64}|512/[0-9a-f]{128})$`);
const indexNames = '(InRelease|Release|Release[.]gpg|(Packages|Sources|Translation-[A-Za-z_]+)([.](xz|gz|bz2|zst))?)';
const index = new RegExp(`^dists(/${step}){1,6}/${indexNames}$`);

/** Whether a path below an archive is of a package or of an index: the only files that apt wants. */
export const isPackagePath = (path: string): boolean => inPool.test(path) || byHash.test(path) || index.test(path);

/** Whether its content is the same for ever: packages carry their version in their names, other files a hash. */
export const isLasting = (path: string): boolean => inPool.test(path) || byHash.test(path);

export const packageMethods = {
  get_package: method({
    kind: 'download',
    params: z.strictObject({
      archive: ArchiveName,
      /** Below the archive: `pool/main/n/nginx/nginx-light_1.22.1-9_amd64.deb`. */
      path: z.string().max(500).refine(isPackagePath, 'This is no package and no index of an archive.'),
    }),
    result: z.void(),
    callers: ['host'],
    since: 1,
    doc: 'A package or an index of a Debian or Ubuntu archive. What one machine has asked for is kept for the others.',
  }),
};
