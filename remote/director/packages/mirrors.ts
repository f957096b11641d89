/** Where archives are fetched from. */
import { ArchiveName } from '../../core/contract/packages.ts';

/** URL of each archive, without a slash at its end. */
export type Mirrors = Readonly<Record<ArchiveName, string>>;

/** Over plain HTTP, as apt does: its own signatures decide, whoever carries the files. */
const usual: Mirrors = {
  debian: 'http://deb.debian.org/debian',
  'debian-security': 'http://deb.debian.org/debian-security',
  ubuntu: 'http://archive.ubuntu.com/ubuntu',
  'ubuntu-ports': 'http://ports.ubuntu.com/ubuntu-ports',
};

/** The usual mirrors, but for those that the deployment has others of. */
export function mirrorsOf(others: Readonly<Partial<Record<ArchiveName, string>>> = {}): Mirrors {
  const entries = ArchiveName.options.map((name) => [name, (others[name] ?? usual[name]).replace(/\/+$/, '')]);
  return Object.fromEntries(entries) as Mirrors;
}
