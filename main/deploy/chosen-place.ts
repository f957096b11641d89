/** What `up` is told of a new deployment, where there is one already: the same again, a correction, or another place. */
import { isDeepStrictEqual } from 'node:util';
import { cloudKind, refuseSettings } from '../../remote/core/clouds/index.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { Deployment, DeploymentStore } from './deployment.ts';

type Place = Deployment['cloud'];

/** What was said, as against what follows when nothing is. */
export interface Said {
  readonly cloud: boolean;
  readonly lent: boolean;
}

/**
 * The deployment that `up` is about: the one there is, or a new one.
 * @throws ConpaasError invalid_request: such settings are none; conflict: see `correctedPlace`
 */
export async function choosePlace({
  store,
  deployment,
  owner,
  place,
  said,
}: {
  readonly store: DeploymentStore;
  readonly deployment: string | undefined;
  readonly owner: string;
  readonly place: Place;
  readonly said: Said;
}): Promise<Deployment> {
  const present = await store.find(deployment).catch((error: unknown) => {
    if (toFailure(error).code === 'not_found') return undefined;
    throw error;
  });
  // Before they are on record: what is wrong there could be neither set up nor destroyed.
  const kind = said.cloud ? place.kind : (present?.cloud.kind ?? place.kind);
  if (place.settings !== undefined) refuseSettings(kind, place.settings);
  const found = await store.findOrCreate(deployment, owner, place);
  const corrected = correctedPlace(found, place, said);
  return corrected === undefined ? found : store.update(found.id, { cloud: corrected });
}

/**
 * @param wanted place of a new deployment, as it was asked for
 * @returns the place that it is to have from now on; undefined: it stays as it is
 * @throws ConpaasError conflict: it is elsewhere, or made otherwise
 */
export function correctedPlace(found: Deployment, wanted: Place, said: Said): Place | undefined {
  const { cloud: present, name } = found;
  const isElsewhere = said.cloud && (present.kind !== wanted.kind || present.credential !== wanted.credential);
  if (isElsewhere) throw elsewhere(found, wanted);
  const isLentOtherwise = said.lent && present.lent !== wanted.lent;
  const isSetOtherwise = wanted.settings !== undefined && !isDeepStrictEqual(present.settings ?? {}, wanted.settings);
  if (!isLentOtherwise && !isSetOtherwise) return undefined;
  // Nothing was made with what was said first: this is said in its place.
  if (found.state === 'creating' && found.vm === undefined && found.access !== 'device') {
    return {
      ...present,
      ...(isLentOtherwise && { lent: wanted.lent }),
      ...(isSetOtherwise && { settings: wanted.settings }),
    };
  }
  if (isLentOtherwise) {
    throw new ConpaasError(
      'conflict',
      `${name} is there already. What its director is lent changes with: conpaas cloud lend NAME`,
    );
  }
  const made = Object.entries(present.settings ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  throw new ConpaasError(
    'conflict',
    `${name} was made ${made.length === 0 ? 'without settings' : `with ${made.join(' ')}`}, and keeps to that. For one that is made otherwise: conpaas --deployment NAME up …`,
  );
}

function elsewhere({ name, cloud, state }: Deployment, wanted: Place): ConpaasError {
  const titleOf = (kind: string): string => cloudKind(kind)?.title ?? kind;
  const same = cloud.kind === wanted.kind;
  const where = `${titleOf(cloud.kind)}${same ? ', with another credential' : ''}`;
  const begun = state === 'creating' ? ` To give it up: conpaas --deployment ${name} destroy.` : '';
  return new ConpaasError(
    'conflict',
    `${name} is there already, on another cloud (${where}), and stays there.${begun} For one more deployment, under a name of your choice: conpaas --deployment NAME up --cloud …`,
  );
}
