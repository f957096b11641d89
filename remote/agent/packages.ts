/** Whether the engines of a role are installed. */
import path from 'node:path';
import { ConpaasError } from '../core/contract/errors.ts';
import { findExecutable, usualPackage } from '../core/service/engines.ts';
import type { RoleSpec } from '../core/service/spec.ts';

/** Where Debian puts engines; a user's PATH often lacks the sbin directories. */
const places = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** @throws ConpaasError missing_package with the one command that installs what is missing */
export function requireEngines(role: RoleSpec): void {
  const missing = role.executables.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const command = `sudo apt-get install ${role.packages.map(usualPackage).join(' ')}`;
  throw new ConpaasError(
    'missing_package',
    `${role.title} needs ${missing.join(', ')}, which is not installed on this machine. Install it with: ${command}`,
    { retry: true },
  );
}

function isInstalled(name: string): boolean {
  const candidates = path.isAbsolute(name) ? [name] : places.map((place) => path.join(place, name));
  return candidates.some((candidate) => findExecutable(candidate) !== undefined);
}
