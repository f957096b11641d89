/** Keys that do actions: read from the table at each key press. */
import { allActions } from './action.ts';
import { actionTexts } from './texts.ts';

/** What of a key press decides. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const onMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac');

/** Whether a key press is a shortcut. Pure. @param mac ⌘ is the main modifier instead of Ctrl */
export function isPressed(shortcut: string, press: KeyPress, mac = onMac): boolean {
  const parts = shortcut.split('+');
  const key = parts.at(-1) ?? '';
  const main = parts.includes('Mod');
  const shift = parts.includes('Shift');
  if (press.altKey !== parts.includes('Alt')) return false;
  if ((mac ? press.metaKey : press.ctrlKey) !== main || (mac ? press.ctrlKey : press.metaKey)) return false;
  // What a sign needs Shift for (?, /) differs between keyboards.
  if (/^[a-z]$|^.{2,}$/i.test(key) && press.shiftKey !== shift) return false;
  return press.key.toLowerCase() === key.toLowerCase();
}

/** A shortcut as it is written on the keys: `Ctrl K`, `⌘ K`, `?`. Pure. */
export function shortcutText(shortcut: string, mac = onMac): string {
  const words: Readonly<Record<string, string>> = mac ? { Mod: '⌘', Shift: '⇧', Alt: '⌥' } : actionTexts().keys;
  return shortcut
    .split('+')
    .map((part) => words[part] ?? part)
    .join(' ');
}

function isPlain(shortcut: string): boolean {
  return !shortcut.includes('Mod+') && !/^F\d+$/.test(shortcut);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"]') !== null
  );
}

/** Does actions by keys from now on. @returns what ends it */
export function listenForShortcuts(): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const action = allActions().find(({ shortcut }) => shortcut !== undefined && isPressed(shortcut, event));
    if (!action?.shortcut || (isPlain(action.shortcut) && isTyping(event.target))) return;
    event.preventDefault();
    if (!action.disabled) action.run();
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}
