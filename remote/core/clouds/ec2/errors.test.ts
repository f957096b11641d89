import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConpaasError } from '../../contract/errors.ts';
import { plainError } from './errors.ts';
import { policy } from './policy.ts';

const said = (name: string, message: string, status = 400): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status, requestId: 'r-1' } });

describe("EC2's errors in plain words", () => {
  test.each([
    ['UnauthorizedOperation', 'forbidden', /lack the permission ec2:RunInstances.*conpaas cloud policy ec2/],
    ['AuthFailure', 'unauthenticated', /does not accept these credentials/],
    ['RequestExpired', 'cloud_failed', /clock is wrong/],
    ['VcpuLimitExceeded', 'cloud_failed', /quota in this region is used up/],
    ['InsufficientInstanceCapacity', 'cloud_failed', /no room for this size/],
    ['RequestLimitExceeded', 'cloud_failed', /fewer requests/],
    ['SomethingNew', 'cloud_failed', /refused this.*SomethingNew, request r-1/],
  ] as const)('%s', (name, code, text) => {
    const plain = plainError(said(name, 'what it said'), 'ec2:RunInstances');
    expect(plain).toBeInstanceOf(ConpaasError);
    expect(plain).toMatchObject({ code, message: expect.stringMatching(text) });
    expect((plain as Error).message).toContain('what it said');
  });

  test('nobody answers', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(plainError(refused, 'ec2:RunInstances')).toMatchObject({ code: 'unreachable', failure: { retry: true } });
  });

  test('a host that is not there may be a region that is not there', () => {
    const lost = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    expect(plainError(lost, 'ec2:RunInstances')).toMatchObject({ message: expect.stringContaining('Check region') });
  });

  test('errors of the service itself may be tried again', () => {
    expect(plainError(said('InternalError', 'sorry', 500), 'ec2:X')).toMatchObject({ failure: { retry: true } });
  });
});

test('the policy names every call that the driver makes, and no other', async () => {
  const sources = (await readdir(import.meta.dirname)).filter((name) => /^(?!.*\.test\.)(?!moto\.).*\.ts$/.test(name));
  const texts = await Promise.all(sources.map((name) => readFile(path.join(import.meta.dirname, name), 'utf8')));
  const called = texts.flatMap((text) =>
    [...text.matchAll(/\b([A-Z][A-Za-z]+)Command,/g)].map(([, name]) => `ec2:${name}`),
  );
  const { Statement } = policy() as { Statement: { Sid: string; Action: string[] | string }[] };
  const allowed = new Set(Statement.flatMap(({ Action }) => Action));
  allowed.delete('ec2:CreateTags'); // a part of the calls that make something
  expect([...allowed].sort()).toEqual([...new Set(called)].sort());
});

test('the policy allows to change only what carries our tag', () => {
  const { Statement } = policy('d-1') as {
    Statement: { Sid: string; Action: string[] | string; Condition?: object }[];
  };
  for (const { Sid, Action, Condition } of Statement) {
    const changes = [Action].flat().some((action) => /Terminate|Delete|Stop|Detach/.test(action));
    if (changes) expect(Condition, Sid).toEqual({ StringLike: { 'aws:ResourceTag/conpaas:deployment': 'd-1' } });
  }
  expect(JSON.stringify(Statement)).not.toContain('"ec2:*"');
});
