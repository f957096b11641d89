/** Whether an upgrade of the director, or the way back, is being looked at: all that show it read it often then. */
import { create } from 'zustand';

export const useUpgrading = create<{ readonly busy: boolean }>(() => ({ busy: false }));
