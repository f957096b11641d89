import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { looseTexts } from './loose-texts.ts';

const root = path.join(import.meta.dirname, '../..');

/** Catalogues are `texts.ts` or `something-texts.ts`, or files in a folder `texts/`. */
const files = globSync(['renderer/**/*.{ts,tsx}', 'main/electron/**/*.ts'], { cwd: root }).filter(
  (file) => !/\.test\.tsx?$|(^|[/-])texts(\.ts$|\/)|\/fixtures\.ts$/.test(file),
);

test('every text that is shown or spoken stands in a catalogue', () => {
  expect(files.length).toBeGreaterThan(300);
  const loose = files.flatMap((file) =>
    looseTexts(file, readFileSync(path.join(root, file), 'utf8')).map(({ line, text }) => `${file}:${line} ${text}`),
  );
  expect(loose).toEqual([]);
});

test.each<[source: string, ...texts: string[]]>([
  ['<p>Nothing runs.</p>', 'Nothing runs.'],
  ['<p>\n  Two lines\n  of text\n</p>', 'Two lines of text'],
  ['<p>{count} runs</p>', 'runs'],
  ["<p>{busy ? 'waiting' : texts.done}</p>", 'waiting'],
  ["<p>{{ done: 'over' }[state]}</p>", 'over'],
  [`<p>{\`\${count} nodes\`}</p>`, '… nodes'],
  ['<Button aria-label="close">{texts.close}</Button>', 'close'],
  ["<TextField label={required ? 'name' : undefined} />", 'name'],
  ["<DataTable columns={['name', { title: 'size', align: 'right' }]} />", 'name', 'size'],
  ["useActions([{ id: 'stop', title: 'stop it', run }])", 'stop it'],
  ["const tabs = { logs: { title: 'logs' } }", 'logs'],
  ["say('saved')", 'saved'],
  ["const word = failed ? 'Failed' : 'Done'", 'Failed', 'Done'],
  ["throw new HubError({ message: 'lost' })", 'lost'],
  ["const sentence = (name: string) => name + ' is gone'", 'is gone'],
])('%s is found', (source, ...texts) => {
  expect(looseTexts('fixture.tsx', source).map(({ text }) => text)).toEqual(texts);
});

test.each([
  '<p>{texts.nothing}</p>',
  '<Button aria-label={texts.close(name)}>×</Button>',
  '<Box component="section" sx={{ border: \'1px solid\', title: \'2px dotted\' }} role="alert" />',
  "import { Close } from '@mui/icons-material'",
  "if (state === 'Two words') stop()",
  "switch (key) { case 'Escape': break }",
  "console.error('Two words')",
  "throw new Error('There is no such part.')",
  "type Words = 'Two words' | 'Three of them'",
  "<code>{'conpaas app list'}</code>",
  '<TextField placeholder="http://proxy.example.org:3128" />',
  "const path = ['Services', name]",
  '<code>POST /v1/{method}</code>',
  '<TextField placeholder="shop.example.org" />',
])('%s is none', (source) => {
  expect(looseTexts('fixture.tsx', source)).toEqual([]);
});
