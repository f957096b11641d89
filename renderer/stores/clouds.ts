/** The clouds of the director that is shown: what is said of clouds, and asked, is so only where there are several. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { DirectorMethods } from '../../remote/core/contract/director.ts';
import type { ResultOf } from '../../remote/core/contract/method.ts';
import { hub } from '../hub/client.ts';
import { useDirectors } from './directors.ts';
import { useSession } from './session.ts';

export type CloudInfo = ResultOf<DirectorMethods['list_clouds']>[number];

interface CloudsStore {
  /** The director whose they are. */
  readonly of: string | undefined;
  readonly clouds: readonly CloudInfo[];
}

const useStore = create<CloudsStore>(() => ({ of: undefined, clouds: [] }));
const none: readonly CloudInfo[] = [];
/** The director that is being asked: many parts of a page begin at once. */
let asking: string | undefined;

/** Asks the director that is shown. @throws HubError */
export async function readClouds(): Promise<readonly CloudInfo[]> {
  const { chosen } = useDirectors.getState();
  const clouds = await hub.director('list_clouds', {});
  if (chosen !== undefined && useDirectors.getState().chosen === chosen) useStore.setState({ of: chosen, clouds });
  return clouds;
}

async function readOnce(director: string): Promise<void> {
  if (asking === director) return;
  asking = director;
  // Without an answer nothing is said of clouds; the Clouds page says why they cannot be read.
  await readClouds().catch(() => undefined);
  if (asking === director) asking = undefined;
}

/** All of them, where there is more than one; else nothing. Read anew whenever a part that needs them is shown. */
export function useSeveralClouds(): readonly CloudInfo[] {
  const chosen = useDirectors((store) => store.chosen);
  const connected = useSession(({ session }) => session?.state === 'connected');
  useEffect(() => {
    if (connected && chosen !== undefined) void readOnce(chosen);
  }, [connected, chosen]);
  return useStore(({ of, clouds }) => (of === chosen && clouds.length > 1 ? clouds : none));
}
