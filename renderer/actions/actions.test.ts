import { expect, test } from 'vitest';
import { allActions, putActions, useActionTable } from './action.ts';
import { argument } from './command.ts';
import { isPressed, type KeyPress, shortcutText } from './shortcuts.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test.each([
  ['N', press('n'), true],
  ['N', press('N', { shiftKey: true }), false],
  ['N', press('n', { ctrlKey: true }), false],
  ['Mod+K', press('k', { ctrlKey: true }), true],
  ['Mod+K', press('k', { metaKey: true }), false],
  ['Mod+K', press('k', { ctrlKey: true, shiftKey: true }), false],
  ['Shift+Mod+J', press('J', { ctrlKey: true, shiftKey: true }), true],
  ['?', press('?', { shiftKey: true }), true],
  ['/', press('/', { shiftKey: true }), true],
  ['F1', press('F1'), true],
  ['Alt+C', press('c', { altKey: true }), true],
])('%s pressed as %o: %s', (shortcut, pressed, is) => {
  expect(isPressed(shortcut, pressed, false)).toBe(is);
});

test('on a Mac the main modifier is another one', () => {
  expect(isPressed('Mod+K', press('k', { metaKey: true }), true)).toBe(true);
  expect(isPressed('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false);
  expect(shortcutText('Shift+Mod+J', true)).toBe('⇧ ⌘ J');
  expect(shortcutText('Mod+K', false)).toBe('Ctrl K');
});

test('actions of the page come before those of the window, and go with it', () => {
  const [window, page] = [Symbol('window'), Symbol('page')];
  const action = (id: string) => ({ id, title: id, run: () => undefined });
  putActions(window, [action('settings')]);
  putActions(page, [action('stop'), action('rename')]);
  expect(allActions().map(({ id }) => id)).toEqual(['stop', 'rename', 'settings']);
  putActions(page, undefined);
  expect(allActions(useActionTable.getState()).map(({ id }) => id)).toEqual(['settings']);
  putActions(window, undefined);
});

test.each([
  ['guestbook', 'guestbook'],
  ['My shop', "'My shop'"],
  ["Ann's", "'Ann'\\''s'"],
  ['$(reboot)', "'$(reboot)'"],
  ['-f', "'-f'"],
])('%s is one argument', (value, written) => {
  expect(argument(value)).toBe(written);
});
