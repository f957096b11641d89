/** What failed and was not made good since. Pure. */
import type { Operation } from '../../remote/core/contract/operation.ts';

/** Newest first: the last operation on its application and service, where that failed. @param all newest first */
export function unmended(all: readonly Operation[]): readonly Operation[] {
  const seen = new Set<string>();
  return all.filter(({ state, target: { application = '', service = '' } }) => {
    const about = `${application}/${service}`;
    // What is done to the whole application is done to its services too.
    const isNewest = !seen.has(about) && !seen.has(`${application}/`);
    seen.add(about);
    return isNewest && state === 'failed';
  });
}
