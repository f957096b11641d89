import { describe, expect, it, test } from 'vitest';
import { applyChanges, formatted, insertItem, renameKey, setValue, swapItems, type TextChange } from './edits.ts';

const text = `{
    // kept
    "Version": 1,
    "Application":   "guestbook",
    "Services": [
        { "Type": "php", "ServiceName": "web", "Needs": ["db"] },
        {
            "Type": "mysql",   "ServiceName": "db"
        }
    ]
}
`;

const order = ['Version', 'Application', 'Description', 'Services'];

/** Lines that are not the same before and after. */
function changedLines(before: string, after: string): readonly string[] {
  const old = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !old.has(line));
}

const textAfter = (changes: readonly TextChange[]) => applyChanges(text, changes);

describe('one value changes its own text only', () => {
  it.each<[string, readonly TextChange[], readonly string[]]>([
    ['a text', setValue(text, ['Application'], 'guest'), ['    "Application":   "guest",']],
    ['a number', setValue(text, ['Version'], 2), ['    "Version": 2,']],
    [
      'inside of a line',
      setValue(text, ['Services', 0, 'ServiceName'], 'page'),
      ['        { "Type": "php", "ServiceName": "page", "Needs": ["db"] },'],
    ],
  ])('%s', (_what, changes, lines) => {
    expect(changedLines(text, textAfter(changes))).toEqual(lines);
    expect(textAfter(changes)).toContain('// kept');
  });

  it('touches only the characters that differ, so that a cursor beside them stays', () => {
    expect(setValue(text, ['Application'], 'guestbooks')).toEqual([
      { from: text.indexOf('",\n    "Services"'), to: text.indexOf('",\n    "Services"'), insert: 's' },
    ]);
    expect(setValue(text, ['Application'], 'guestbook')).toEqual([]);
  });
});

test('a new key comes where the schema has it, indented as the text is', () => {
  const lines = textAfter(setValue(text, ['Description'], 'x', order)).split('\n');
  expect(lines.indexOf('    "Description": "x",')).toBe(lines.findIndex((line) => line.includes('"Application"')) + 1);
});

test('what is missing on the way is made', () => {
  const value = JSON.parse(
    applyChanges(
      '{"Services": [{"Type": "php"}]}',
      setValue('{"Services": [{"Type": "php"}]}', ['Services', 0, 'StartupInstances', 'backend'], 2),
    ),
  );
  expect(value).toEqual({ Services: [{ Type: 'php', StartupInstances: { backend: 2 } }] });
});

describe('what stands on one line stays there', () => {
  it.each([
    [['a', 'c'], 1, '{ "a": { "b": 2, "c": 1 }, "l": [] }'],
    [['l', 0], 'x', '{ "a": { "b": 2 }, "l": ["x"] }'],
    [['l'], ['x', { y: 1 }], '{ "a": { "b": 2 }, "l": ["x", { "y": 1 }] }'],
    [['a', 'b'], undefined, '{ "a": {}, "l": [] }'],
  ])('%j', (path, value, expected) => {
    const flat = '{ "a": { "b": 2 }, "l": [] }';
    expect(applyChanges(flat, setValue(flat, path, value))).toBe(expected);
  });
});

test('a value of another kind is replaced by what the path needs', () => {
  const source = '{"Environment": 5}';
  expect(JSON.parse(applyChanges(source, setValue(source, ['Environment', 'A'], 'x')))).toEqual({
    Environment: { A: 'x' },
  });
});

test('tabs and Windows line ends are kept', () => {
  const tabs = '{\r\n\t"Application": "a"\r\n}\r\n';
  expect(applyChanges(tabs, setValue(tabs, ['Version'], 1))).toBe(
    '{\r\n\t"Application": "a",\r\n\t"Version": 1\r\n}\r\n',
  );
});

test('removing takes its comma along and nothing else', () => {
  const removed = textAfter(setValue(text, ['Services', 0, 'Needs'], undefined));
  expect(changedLines(text, removed)).toEqual(['        { "Type": "php", "ServiceName": "web" },']);
  expect(textAfter(setValue(text, ['Services', 1], undefined))).toContain('"Needs": ["db"] }\n    ]');
});

test('services change places with their own text', () => {
  const swapped = textAfter(swapItems(text, ['Services'], 0));
  expect(swapped.indexOf('"mysql",   "ServiceName": "db"')).toBeLessThan(swapped.indexOf('{ "Type": "php"'));
  expect(applyChanges(swapped, swapItems(swapped, ['Services'], 0))).toBe(text);
  expect(swapItems(text, ['Services'], 1)).toEqual([]);
});

test('an item is put into a list, which is made where it is missing', () => {
  const added = textAfter(insertItem(text, ['Services'], 2, { Type: 'php' }));
  expect(added).toContain('// kept');
  expect(changedLines(text, added)).toEqual(['        },', '            "Type": "php"']);
  expect(applyChanges('{}', insertItem('{}', ['Services'], 0, { Type: 'php' }))).toContain('"Type": "php"');
});

test('a key gets another name in its place', () => {
  const source = '{"Environment": {"A": "1", "B": "2"}}';
  expect(applyChanges(source, renameKey(source, ['Environment', 'A'], 'AA'))).toBe(
    '{"Environment": {"AA": "1", "B": "2"}}',
  );
  expect(renameKey(source, ['Environment', 'C'], 'D')).toEqual([]);
});

test('formatting changes blanks only, and nothing the second time', () => {
  const once = textAfter(formatted(text));
  expect(once.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
  expect(formatted(once)).toEqual([]);
});
