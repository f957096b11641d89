/** Where the desktop keeps what is the user's own: vault, deployments, settings. */
import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { ConpaasError } from '../../remote/core/contract/errors.ts';

/**
 * The directory for our data by the platform's conventions; `CONPAAS_HOME` overrides them.
 * Linux: XDG Base Directory Specification 0.8 (a relative XDG_DATA_HOME must be ignored).
 * @returns an absolute path, not made yet
 */
export function dataDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  const override = environment['CONPAAS_HOME'];
  if (override) return path.resolve(override);
  switch (platform) {
    case 'darwin':
      return paths.join(home, 'Library', 'Application Support', 'ConPaaS');
    case 'win32':
      return paths.join(environment['APPDATA'] || paths.join(home, 'AppData', 'Roaming'), 'ConPaaS');
    default: {
      const data = environment['XDG_DATA_HOME'];
      return paths.join(data && paths.isAbsolute(data) ? data : paths.join(home, '.local', 'share'), 'conpaas');
    }
  }
}

/**
 * The data directory, made (0700) if it is not there.
 * @throws ConpaasError forbidden: nothing can be kept there; disk_full
 */
export async function openDataDirectory(environment?: Readonly<Record<string, string | undefined>>): Promise<string> {
  const directory = dataDirectory(environment);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw error;
    throw new ConpaasError(
      'forbidden',
      `Nothing can be kept in ${directory} (${code}), where your data is. See that it is a directory of yours on a disk that can be written, or name another one in CONPAAS_HOME.`,
    );
  }
  return directory;
}
