/**
 * For tests: a process that holds one shell, as an agent does. `node … <home> <uid or ->`. Standard input: JSON lines,
 * `{"type": text}` or `{"size": [columns, rows]}`; standard output: what the terminal shows, then `ended <code>`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openPseudoTerminal } from './pseudo-terminal.ts';

const [home = '', user = '-'] = process.argv.slice(2);
const work = join(home, 'work');
mkdirSync(work, { recursive: true });
await using terminal = await openPseudoTerminal({
  records: join(home, 'records'),
  directory: work,
  uid: user === '-' ? undefined : Number(user),
  sandbox: { writable: [work], readable: [] },
  name: 'web-backend-1',
  columns: 100,
  rows: 30,
});
terminal.output.on('data', (chunk: Buffer) => process.stdout.write(chunk));
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { type, size } = JSON.parse(line) as { type?: string; size?: [number, number] };
  if (type !== undefined) void terminal.write(Buffer.from(type));
  if (size) terminal.resize({ columns: size[0], rows: size[1] });
});
const code = await terminal.ended;
process.stdout.write(`ended ${code}\n`);
lines.close();
