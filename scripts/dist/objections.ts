/** Why something that was built must not be released. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';

/** As they stand in the executable: https://github.com/electron/fuses (FuseState). */
const off = 0x30;
export const on = 0x31;

/**
 * Every fuse that there is, but for one: LoadBrowserProcessSpecificV8Snapshot says how an Electron was built, and stays as
 * it was delivered. `electron-builder.yml` sets them; `checklist.spec.ts` compares.
 */
export const wantedFuses = {
  RunAsNode: off,
  EnableNodeOptionsEnvironmentVariable: off,
  EnableNodeCliInspectArguments: off,
  OnlyLoadAppFromAsar: on,
  EnableEmbeddedAsarIntegrityValidation: on,
  EnableCookieEncryption: off,
  GrantFileProtocolExtraPrivileges: off,
} as const;

/**
 * Objections to releasing the contents of a directory; none: it may be.
 * @param electron whether the Electron that was packed is the official one
 */
export async function objections(directory: string, electron: { readonly official: boolean }): Promise<string[]> {
  const found = readdirSync(directory)
    .filter((name) => name.includes('-test'))
    .map((name) => `${name} is marked -test`);
  if (!electron.official) found.push('it is built with the Electron for tests');
  const executable = path.join(directory, 'linux-unpacked/conpaas-desktop');
  if (!existsSync(executable)) return found;
  const wire: Readonly<Record<number, unknown>> = { ...(await getCurrentFuseWire(executable)) };
  for (const [name, state] of Object.entries(wantedFuses)) {
    const option = FuseV1Options[name as keyof typeof wantedFuses];
    if (wire[option] !== state) found.push(`the fuse ${name} is not set as it should be`);
  }
  return found;
}
