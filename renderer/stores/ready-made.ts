/** The ready-made manifests that come with the program, for what offers them everywhere. */
import { create } from 'zustand';
import type { ReadyMade } from '../../main/hub/protocol.ts';
import { hub } from '../hub/client.ts';

export const useReadyMade = create<{ readonly list: readonly ReadyMade[] }>(() => ({ list: [] }));

async function read(): Promise<void> {
  // Without an answer there are none here; the page for new applications says why they cannot be read.
  const list = await hub.call('list_ready_made', {}).catch(() => undefined);
  if (list) useReadyMade.setState({ list });
}

// Once the hub is there, and again after it was started anew: the call may have gone down with the one before.
hub.onConnect(() => void read());
