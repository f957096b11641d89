/** Where something is to be put, as words of a command say it. */
import { cloudKind } from '../../../remote/core/clouds/index.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { openCredentialStore } from '../../credentials/index.ts';
import type { Session } from '../session.ts';

/** A cloud by its kind, where that needs no credential, or by the name of a credential. */
export async function placeOf(session: Session, cloud: string): Promise<{ cloud: string; credential?: string }> {
  const kind = cloudKind(cloud);
  if (kind && !kind.credentials) return { cloud };
  const credentials = await openCredentialStore(await session.vault()).list();
  const found = credentials.find(({ id, name }) => id === cloud || name === cloud);
  if (found) return { cloud: found.kind, credential: found.id };
  const [only, ...others] = credentials.filter((one) => one.kind === cloud);
  if (only && others.length === 0) return { cloud, credential: only.id };
  if (!kind) {
    throw new ConpaasError(
      'not_found',
      `There is no cloud or credential called ${cloud}. "conpaas cloud list" shows them.`,
    );
  }
  throw new ConpaasError(
    'invalid_request',
    only
      ? `There are several credentials for ${kind.title}. Say which one, by its name: conpaas up --cloud NAME`
      : `${kind.title} needs a credential. Add one with: conpaas cloud add NAME ${cloud}`,
  );
}
