import { expect, test } from 'vitest';
import { partsOf } from './ansi.ts';

const flat = (line: string): string =>
  partsOf(line)
    .map(({ text, look }) => (look === '' ? text : `<${look}>${text}</>`))
    .join('');

test.each([
  ['nothing special\tat all', 'nothing special\tat all'],
  ['', ''],
  ['\u001b[31mred\u001b[0m plain', '<red>red</> plain'],
  ['\u001b[1;4;92mx\u001b[22;24my', '<green bold underline>x</><green>y</>'],
  ['\u001b[mx', 'x'],
  ['\u001b[38;5;9mx\u001b[38;5;21my', '<red>x</><blue>y</>'],
  ['\u001b[38;2;250;10;10mx\u001b[38:2:0:200:200my', '<red>x</><cyan>y</>'],
  ['\u001b[38;5;244mgrey', 'grey'],
  ['\u001b[48;2;1;2;3;1mbold, no background', '<bold>bold, no background</>'],
  ['\u001b[7minverse\u001b[27m', '<inverse>inverse</>'],
  // Nothing moves the cursor, clears, or names the window.
  ['before\u001b[2J\u001b[1;1Hafter', 'beforeafter'],
  ['a\u001b[3Ab\u001b[?25lc\u001b[0K', 'abc'],
  ['\u001b]0;title\u0007x', 'x'],
  ['\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001b]52;c;AAAA', ''],
  ['\u001bP1$r\u001b\\x', 'x'],
  ['\u001bcx\u001b7y', 'xy'],
  ['\u009b31mx', '<red>x</>'],
  ['\u009d0;title\u009cx', 'x'],
  ['x\u001b', 'x'],
  ['x\u001b[31', 'x31'],
  // What could not be seen can be seen.
  ['over\rwritten', 'over<hidden>\u240d</>written'],
  ['a\u0008b\u0000c\u007fd', 'a<hidden>\u2408</>b<hidden>\u2400</>c<hidden>\u2421</>d'],
  ['user\u202enimda\u202c', 'user<hidden>U+202E</>nimda<hidden>U+202C</>'],
  ['a\u2066b\u200bc\ufeffd', 'a<hidden>U+2066</>b<hidden>U+200B</>c<hidden>U+FEFF</>d'],
  ['a\u{e0041}b', 'a<hidden>U+E0041</>b'],
  ['a\u2028b', 'a<hidden>U+2028</>b'],
  ['a\u00adb', 'a<hidden>U+00AD</>b'],
  ['fine: \u00e9\u4e2d\u{1f600}', 'fine: \u00e9\u4e2d\u{1f600}'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
])('%j is shown as %j', (line, shown) => expect(flat(line)).toBe(shown));

test('a line of nothing but escapes takes time in proportion to its length', () => {
  const best = (repeats: number): number => {
    const line = '\u001b[31m\u001b]0;'.repeat(repeats);
    const times = Array.from({ length: 4 }, () => {
      const start = performance.now();
      partsOf(line);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  best(5_000); // compiles it
  // Sixteen times as long: what grows with the square would take 256 times as long.
  expect(best(80_000) / best(5_000)).toBeLessThan(80);
});
