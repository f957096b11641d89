/** Calls of a machine's host by curl, which slow machines have an easier time with: a real host's socket, a real curl. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { callMachineHost } from './host-call.ts';
import { hostDirectory } from './layout.ts';
import type { Ran, Transport } from './transport.ts';

const never = new AbortController().signal;
let directory: string;
let server: Server | undefined;
let programs: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-host-call-'));
  programs = [];
});
afterEach(async () => {
  server?.close();
  server?.closeAllConnections();
  await rm(directory, { recursive: true, force: true });
});

/** Somebody who answers at the place of the host. */
async function serve(listener: RequestListener): Promise<void> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(path.join(directory, 'host.sock'), resolve));
}

/** Runs programs here, with the host's directory elsewhere. */
const transport: Transport = {
  endsInput: true,
  copy: async () => undefined,
  run: (_server, command, input) =>
    new Promise<Ran>((resolve, reject) => {
      const [program = '', ...words] = command.map((word) => word.replace(hostDirectory, directory));
      programs.push(program);
      const child = spawn(program, words);
      const said = { output: '', errors: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said.output += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said.errors += text;
      });
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, ...said }));
      child.stdin.end(input);
    }),
};
const Read = z.object({ content: z.string().nullable() });
const read = (by: Transport, signal = never) =>
  callMachineHost(by, 'vm', 'read_machine_file', { path: 'director/director.json' }, Read, signal);

const body = async (request: AsyncIterable<Buffer>): Promise<string> => {
  let text = '';
  for await (const piece of request) text += piece.toString();
  return text;
};

test('curl brings the parameters and the result, whatever is in them', async () => {
  const asked: unknown[] = [];
  const content = 'ü\r\n\r\nHTTP/1.1 500 no\n';
  await serve(async (request, response) => {
    asked.push([request.method, request.url, request.headers['content-type'], JSON.parse(await body(request))]);
    response.end(JSON.stringify({ content }));
  });
  expect(await read(transport)).toEqual({ content });
  expect(asked).toEqual([['POST', '/v1/read_machine_file', 'application/json', { path: 'director/director.json' }]]);
  expect(programs).toEqual(['curl']);
});

test('what the host refuses is told in its words', async () => {
  await serve((_request, response) => {
    response.writeHead(400);
    response.end(JSON.stringify({ failure: { code: 'invalid_request', message: 'No such place.' } }));
  });
  await expect(read(transport)).rejects.toMatchObject({ code: 'invalid_request', message: 'No such place.' });
});

test('a host that is not there yet is waited for', async () => {
  const waiting = read(transport);
  await expect.poll(() => programs.length, { timeout: 30_000 }).toBeGreaterThan(1);
  await serve((_request, response) => void response.end(JSON.stringify({ content: null })));
  expect(await waiting).toEqual({ content: null });
});

test('a machine without curl, and a way in that cannot end what is written, have the host itself called', async () => {
  for (const [endsInput, expected] of [
    [true, ['curl', '/opt/conpaas/node']],
    [undefined, ['/opt/conpaas/node']],
  ] as const) {
    const run: string[] = [];
    const without: Transport = {
      endsInput,
      copy: async () => undefined,
      async run(_server, [program = '']) {
        run.push(program);
        if (program === 'curl') return { code: 127, output: '', errors: 'sh: 1: curl: not found' };
        return { code: 0, output: JSON.stringify({ result: { content: 'one' } }), errors: '' };
      },
    };
    expect(await read(without)).toEqual({ content: 'one' });
    expect(run).toEqual(expected);
  }
});
