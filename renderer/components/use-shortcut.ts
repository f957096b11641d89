import { useEffect } from 'react';

/** Calls `work` when a key is pressed outside of fields and dialogs. */
export function useShortcut(key: string, work: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : undefined;
      if (target?.closest('input, textarea, [contenteditable], [role="dialog"]')) return;
      event.preventDefault();
      work();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });
}
