/** The printed policy is what the driver needs and no more. moto lets everybody do everything: the calls are counted in the source. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { policy } from './policy.ts';

const Document = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string(),
      Action: z.union([z.string(), z.array(z.string())]),
      Resource: z.union([z.string(), z.array(z.string())]),
      Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    }),
  ),
});
const statements = Document.parse(policy()).Statement;
const listed = (one: string | string[]): string[] => [one].flat();

/** As `ec2:RunInstances`: of all commands of the SDK that a file of the driver imports. */
async function called(): Promise<Set<string>> {
  const names = (await readdir(import.meta.dirname)).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const texts = await Promise.all(names.map((name) => readFile(path.join(import.meta.dirname, name), 'utf8')));
  const commands = texts.flatMap((text) => [...text.matchAll(/^ {2}(\w+)Command,$|\{ (\w+)Command,? /gm)]);
  return new Set(commands.map(([, own, only]) => `ec2:${own ?? only}`));
}

test('all calls of the driver are in it, and nothing else but the right to tag what is made', async () => {
  const allowed = new Set(statements.flatMap(({ Action }) => listed(Action)));
  expect([...allowed].sort()).toEqual([...(await called()), 'ec2:CreateTags'].sort());
});

test('only looking is allowed of everything; images and snapshots of others are neither made, tagged nor removed', () => {
  const ofAll = statements.filter(({ Resource }) => Resource === '*').map(({ Sid }) => Sid);
  expect(ofAll).toEqual(['Look']);
  const touching = statements.filter(({ Action }) => /Image|Snapshot/.test(listed(Action).join()));
  const conditions = touching.filter(({ Sid }) => Sid !== 'Look').map(({ Sid, Condition }) => [Sid, Condition]);
  const tag = 'conpaas:deployment';
  expect(conditions).toEqual([
    ['MakeImage', { StringLike: { [`aws:RequestTag/${tag}`]: '*' } }],
    ['ChangeOurs', { StringLike: { [`aws:ResourceTag/${tag}`]: '*' } }],
    ['RemoveImages', { StringLike: { [`aws:ResourceTag/${tag}`]: '*' } }],
  ]);
  expect(JSON.stringify(policy('d-one'))).not.toContain('"*"}}');
});
