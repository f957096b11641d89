/** What the desktop has signed counts once the director issues with it. */
import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { serialOf } from '../../remote/core/identity/index.ts';
import type { DirectorClient } from './director.ts';

/** A director takes up what was signed at once; this is for a slow machine, milliseconds. */
const takeUpMs = 60_000;
const againMs = 50;

/**
 * Waits until the director's own list of certificates begins with this intermediate.
 * @param certificate PEM
 * @throws ConpaasError deadline_exceeded: it goes on with the one that it has
 */
export async function untilInUse(
  client: Pick<DirectorClient, 'call'>,
  certificate: string,
  signal: AbortSignal,
  limitMs = takeUpMs,
): Promise<void> {
  const serial = serialOf(new X509Certificate(certificate));
  const limit = AbortSignal.timeout(limitMs);
  do {
    const all = await client.call('list_certificates', {}, { signal });
    if (all.find(({ kind }) => kind === 'intermediate')?.serial === serial) return;
    await delay(againMs, undefined, { signal });
  } while (!limit.aborted);
  throw new ConpaasError(
    'deadline_exceeded',
    'The director has not taken up its new certificate. It goes on with the one it has; retry.',
    { retry: true },
  );
}
