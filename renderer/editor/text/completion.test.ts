import { describe, expect, it, test } from 'vitest';
import { type Proposals, proposalsAt } from './completion.ts';
import { marked, schema } from './fixtures.ts';

function propose(withMark: string): Proposals | undefined {
  const { text, position } = marked(withMark);
  return proposalsAt(text, position, schema, { clouds: ['eu-west', 'local'] });
}
const labels = (withMark: string) => propose(withMark)?.options.map(({ label }) => label) ?? [];

/** The text after the proposal of this name was taken, with the cursor's place marked. */
function taken(withMark: string, label: string): string | undefined {
  const { text } = marked(withMark);
  const found = propose(withMark);
  const option = found?.options.find((candidate) => candidate.label === label);
  if (!found || !option) return undefined;
  const insert = `${option.insert.slice(0, option.cursor)}|${option.insert.slice(option.cursor)}`;
  return text.slice(0, found.from) + insert + text.slice(found.to);
}

const service = (inner: string) => `{"Application": "a", "Services": [{"Type": "php", ${inner}}]}`;

test.each<[what: string, text: string, expected: string[]]>([
  ['at the top', '{|}', ['Version', 'Application', 'Description', 'Placement', 'Services']],
  ['keys that are there are left out', '{"Application": "a", |}', ['Version', 'Description', 'Placement', 'Services']],
  [
    'the one under the cursor is not left out',
    '{"Appl|"}',
    ['Version', 'Application', 'Description', 'Placement', 'Services'],
  ],
  ['types', '{"Services": [{"Type": |}]}', ['mysql', 'php']],
  ['types inside of quotes', '{"Services": [{"Type": "p|"}]}', ['mysql', 'php']],
  ['role names', service('"StartupInstances": {|}'), ['proxy', 'web', 'backend', 'session']],
  ['an enum', service('"Configuration": {"log_errors": |}'), ['On', 'Off']],
  ['a default', service('"Configuration": {"memory_limit": "|"}'), ['128M']],
  ['start', service('"Start": |'), ['0', '1', 'true', 'false']],
  ['clouds', service('"Cloud": "|"'), ['eu-west', 'local']],
  [
    'services that can be needed: not itself, none twice',
    '{"Services": [{"Type": "php", "ServiceName": "web", "Needs": ["db", "|"]}, {"Type": "mysql", "ServiceName": "db"}, {"Type": "mysql"}]}',
    ['mysql'],
  ],
  ['nothing in a free text', '{"Description": "|"}', []],
  ['nothing after the end', '{} |', []],
])('proposes %s', (_what, text, expected) => {
  expect(labels(text)).toEqual(expected);
});

test('the configuration is that of the type, whatever its letter case', () => {
  expect(labels(service('"Configuration": {|}'))).toContain('memory_limit');
  expect(labels('{"Services": [{"Type": "PHP", "Configuration": {|}}]}')).toContain('memory_limit');
  expect(labels('{"Services": [{"Type": "mysql", "Configuration": {|}}]}')).not.toContain('memory_limit');
  expect(labels('{"Services": [{"Type": "mysql", |}]}')).toContain('Dump');
  expect(labels('{"Services": [{"Type": "php", |}]}')).not.toContain('Dump');
});

describe('a taken proposal', () => {
  it.each([
    ['{|}', 'Application', '{"Application": "|"}'],
    ['{"App|"}', 'Application', '{"Application": "|"}'],
    ['{App|}', 'Application', '{"Application": "|"}'],
    ['{"App|": "x"}', 'Application', '{"Application"|: "x"}'],
    ['{|\n"Version": 1}', 'Services', '{"Services": [|],\n"Version": 1}'],
    ['{"Services": [{"Type": "p|"}]}', 'php', '{"Services": [{"Type": "php"|}]}'],
    ['{"Services": [{"Type": p|}]}', 'php', '{"Services": [{"Type": "php"|}]}'],
    ['{"Services": [{"Type": "p|\n}]}', 'php', '{"Services": [{"Type": "php"|\n}]}'],
    [service('"StartupInstances": {|}'), 'backend', service('"StartupInstances": {"backend": |}')],
  ])('in %s: %s', (text, label, expected) => {
    expect(taken(text, label)).toBe(expected);
  });
});
