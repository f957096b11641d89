/** The version of the director, and how its upgrade goes: read now and then, and often while one is under way. */
import { useEffect } from 'react';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useUpgrading } from '../stores/upgrading.ts';

/** While nothing happens, and while it does, ms. */
const quietMs = 300_000;
const busyMs = 1000;

export function useVersions() {
  const busy = useUpgrading((store) => store.busy);
  const loaded = useLoaded(() => hub.call('director_versions', {}), [], busy ? busyMs : quietMs);
  const { value } = loaded;
  // Whoever reads it tells all who show it.
  useEffect(() => {
    if (value) useUpgrading.setState({ busy: value.operation?.state === 'running' });
  }, [value]);
  return {
    ...loaded,
    /** Something was begun: it is looked at from now on. */
    begun: (): void => {
      useUpgrading.setState({ busy: true });
      loaded.reload();
    },
  };
}
