/** Short remarks at the foot of the window, one at a time. */
import { create } from 'zustand';

export interface Notice {
  readonly id: number;
  readonly level: 'info' | 'warning' | 'alert';
  readonly text: string;
  /** Takes back what the notice tells of, by a new operation. */
  readonly undo?: (() => Promise<unknown>) | undefined;
}

export interface NoticeOptions {
  readonly level?: Notice['level'];
  readonly undo?: Notice['undo'];
}

interface NoticesStore {
  readonly notices: readonly Notice[];
}

let lastId = 0;

export const useNotices = create<NoticesStore>(() => ({ notices: [] }));

export function say(text: string, { level = 'info', undo }: NoticeOptions = {}): void {
  const notice = { id: ++lastId, level, text, undo };
  useNotices.setState(({ notices }) => ({ notices: [...notices.slice(-4), notice] }));
}

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
