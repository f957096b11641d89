import { describe, expect, test } from 'vitest';
import { guardSequences, safeLink } from './guard.ts';
import { pasteOf } from './paste.ts';

test.each([
  ['a word', 'ls', { text: 'ls', lines: 1, dropped: 0, asks: false }],
  ['a line that would run at once', 'ls\n', { text: 'ls\n', lines: 1, dropped: 0, asks: true }],
  ['several lines', 'a\nb\n', { text: 'a\nb\n', lines: 2, dropped: 0, asks: true }],
  ['line ends of Windows and old Macs', 'a\r\nb\rc', { text: 'a\nb\nc', lines: 3, dropped: 0, asks: true }],
  ['the end of a bracketed paste', 'a\u001b[201~rm', { text: 'a[201~rm', lines: 1, dropped: 1, asks: false }],
  ['control characters of both kinds', 'a\u0003\u009b\u007fb\tc', { text: 'ab\tc', lines: 1, dropped: 3, asks: false }],
])('a paste of %s', (_what, given, expected) => expect(pasteOf(given)).toEqual(expected));

test.each([
  ['https://example.org/a?b#c', 'https://example.org/a?b#c'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
  ['javascript:alert(1)', undefined],
  ['file:///etc/passwd', undefined],
  ['app://conpaas/', undefined],
  ['https://bank.example@evil.example/', undefined],
  ['not a link', undefined],
  [`https://example.org/${'a'.repeat(2000)}`, undefined],
])('the link %s', (text, expected) => expect(safeLink(text)).toBe(expected));

describe('the guard', () => {
  const registered: { osc: number[]; other: unknown[]; taken: (data: never) => boolean | Promise<boolean> } = {
    osc: [],
    other: [],
    taken: () => false,
  };
  const handler = (list: unknown[]) => (id: unknown, work: (data: never) => boolean | Promise<boolean>) => {
    list.push(id);
    registered.taken = work;
    return { dispose: () => undefined };
  };
  guardSequences({
    registerOscHandler: handler(registered.osc),
    registerDcsHandler: handler(registered.other),
    registerCsiHandler: handler(registered.other),
    registerEscHandler: handler(registered.other),
    registerApcHandler: handler(registered.other),
  } as unknown as Parameters<typeof guardSequences>[0]);

  test.each([52, 4, 10, 11, 12, 104, 110, 0, 2, 9, 777, 1337])('takes OSC %d and does nothing with it', (code) => {
    expect(registered.osc).toContain(code);
    expect(registered.taken(undefined as never)).toBe(true);
  });

  test('leaves links (OSC 8) to the handler that asks', () => expect(registered.osc).not.toContain(8));
});
