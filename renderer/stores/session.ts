import { create } from 'zustand';
import type { SessionState } from '../../main/hub/protocol.ts';

interface SessionStore {
  /** undefined until the hub has said it. */
  readonly session: SessionState | undefined;
}

export const useSession = create<SessionStore>(() => ({ session: undefined }));
