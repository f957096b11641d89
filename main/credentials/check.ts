/** Asks a cloud at once whether a credential works, with its driver. */
import { cloudKind, createCloud, type Offer } from '../../remote/core/clouds/index.ts';
import { checkFields, type Fields } from './store.ts';

/** Machines are looked for under a tag; no deployment has this one. */
const noDeployment = 'd-check';
/** A cloud that has not answered by then will not, milliseconds. */
const patienceMs = 20_000;

/**
 * What can be had with a credential.
 * @throws ConpaasError invalid_request; cloud_failed with the cloud's own words: lacking permissions are named in it
 */
export async function checkCredential(
  given: { kind: string; fields: Fields },
  signal: AbortSignal,
): Promise<{ offers: readonly Offer[] }> {
  const known = cloudKind(given.kind);
  // Where nothing has to be entered, whether the cloud can be used is a question all the same.
  const fields = known && known.credentials === undefined ? {} : checkFields(given.kind, given.fields);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  await using cloud = createCloud(given.kind, { ...fields, deployment: noDeployment });
  await cloud.check(limited);
  return { offers: await cloud.offers(limited) };
}
