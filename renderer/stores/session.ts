import { create } from 'zustand';
import type { SessionState } from '../../main/hub/protocol.ts';

interface SessionStore {
  /** undefined until the hub has said it. */
  readonly session: SessionState | undefined;
}

export const useSession = create<SessionStore>(() => ({ session: undefined }));

/** There is something to show pages of. */
export type PagedSession = Extract<SessionState, { state: 'connecting' | 'connected' | 'lost' | 'resuming' }>;

export function hasPages(session: SessionState): session is PagedSession {
  const { state } = session;
  return state === 'connecting' || state === 'connected' || state === 'lost' || state === 'resuming';
}

/** Since when what is shown is not live, ms since the epoch; undefined: it is live. */
export function oldSince(session: SessionState | undefined): number | undefined {
  return session?.state === 'lost' || session?.state === 'resuming' ? session.since : undefined;
}
