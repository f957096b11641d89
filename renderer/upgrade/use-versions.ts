/** The version of the director, and how its upgrade goes: read now and then, and often while one is under way. */
import { useEffect, useState } from 'react';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';

/** While nothing happens, and while it does, ms. */
const quietMs = 300_000;
const busyMs = 1000;

export function useVersions() {
  const [busy, setBusy] = useState(false);
  const loaded = useLoaded(() => hub.call('director_versions', {}), [], busy ? busyMs : quietMs);
  const underWay = loaded.value?.operation?.state === 'running';
  useEffect(() => setBusy(underWay), [underWay]);
  return {
    ...loaded,
    /** Something was begun: it is looked at from now on. */
    begun: (): void => {
      setBusy(true);
      loaded.reload();
    },
  };
}
