/** What a user is called at the director unless they say otherwise: their name at this computer. */
import os from 'node:os';

/** Only characters that a director accepts; `owner` where the computer knows no name (a uid without an entry). */
export function ownerName(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  let name = environment['USER'] ?? environment['USERNAME'] ?? '';
  try {
    name = os.userInfo().username;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
  }
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64);
  return safe === '' ? 'owner' : safe;
}
