import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { serviceSpecs } from '../../remote/services/registry/spec.ts';
import { parseRoles } from './commands/nodes.ts';
import { parseCount, parseTime, printable } from './commands/observation.ts';
import { parseSettings } from './commands/services.ts';
import { runCommand } from './program.ts';
import { exitCodes, Terminal, table } from './terminal.ts';

const conpaas = (...words: string[]) => conpaasWith({}, ...words);

async function conpaasWith(environment: Record<string, string>, ...words: string[]) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (written[name] += text) });
  const code = await runCommand({
    arguments: words,
    specs: serviceSpecs,
    streams: { out: stream('out'), err: stream('err') },
    stdin: process.stdin,
    environment,
    signal: new AbortController().signal,
    version: '1.2.3',
  });
  return { code, ...written };
}

describe('conpaas', () => {
  test('help, version and exit codes', async () => {
    expect(await conpaas('--version')).toMatchObject({ code: 0, out: '1.2.3\n' });
    const help = await conpaas('--help');
    expect(help.code).toBe(0);
    for (const word of ['up', 'apply', 'nodes', 'code', 'secret', 'logs', 'op', 'call', 'Exit codes']) {
      expect(help.out).toContain(word);
    }
  });

  test('a word that is not known is an error with a suggestion', async () => {
    const { code, err } = await conpaas('aply');
    expect(code).toBe(exitCodes.usage);
    expect(err).toMatch(/unknown command 'aply'/);
    expect(err).toMatch(/apply/);
  });

  test('the manifest in the README is one; a folder that is not there is told', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const [, manifest = ''] = /```json\n([^`]+)```/.exec(readme) ?? [];
    const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-readme-'));
    try {
      const file = path.join(directory, 'shop.json');
      await writeFile(file, manifest);
      const missing = `Archive of web: there is no file or folder ${path.join(directory, 'shop')}.`;
      const { code, out } = await conpaas('check', file);
      expect([code, out]).toEqual([0, `${file} is valid: Shop, 2 service(s).\nNote: ${missing}\n`]);
      await mkdir(path.join(directory, 'shop'));
      expect(JSON.parse((await conpaas('--json', 'check', file)).out)).toEqual({
        ...{ valid: true, application: 'Shop', warnings: [] },
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('with --json, a command line that is wrong is one line of JSON, too', async () => {
    for (const [words, text] of [
      [['--json', 'aply'], "unknown command 'aply' (Did you mean apply?)"],
      [['app', 'show', '--json'], "missing required argument 'app'"],
      [['up', '--json', '--colour'], "unknown option '--colour' (Did you mean --cloud?)"],
      [['--json', 'app'], 'a command is missing; --help lists what there is'],
    ] as const) {
      const { code, out, err } = await conpaas(...words);
      expect({ code, out }).toEqual({ code: exitCodes.usage, out: '' });
      expect(JSON.parse(err)).toEqual({ error: { code: 'invalid_request', message: text } });
    }
    expect((await conpaas('--json', 'app', '--help')).out).toContain('Usage: conpaas app');
  });

  test('data that cannot be kept is said, with where that would be', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-home-'));
    try {
      const file = path.join(directory, 'file');
      await writeFile(file, '');
      const { code, err } = await conpaasWith({ CONPAAS_HOME: file }, 'status');
      expect(code).toBe(exitCodes.forbidden);
      expect(err).toMatch(
        /^conpaas: Nothing can be kept in .*file \((EEXIST|ENOTDIR)\), where your data is\. .*CONPAAS_HOME\.\n$/,
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('a place where no backups can be kept is no directory', async () => {
    for (const to of ['ftp://there/x', 's3://', 's3:/x']) {
      const { code, err } = await conpaas('director', 'backup', '--to', to);
      expect([code, err]).toEqual([
        exitCodes.usage,
        expect.stringContaining(`cannot be kept at ${to}. Say s3://BUCKET`),
      ]);
    }
  });

  test('how many, and which, is asked before anything is', async () => {
    for (const [words, text] of [
      [['logs', 'Shop', '--tail', 'abc'], '--tail takes a whole number, not "abc".'],
      [['logs', 'Shop', '--tail', '-1'], '--tail takes a whole number, not "-1".'],
      [['op', 'list', '--limit', '0'], '--limit takes a whole number above 0, not "0".'],
      [['op', 'list', '--state', 'nonsense'], 'Allowed choices are running, done, failed, cancelled.'],
      [['cloud', 'add', 'here', 'local'], 'This computer needs no credentials.'],
      [['cloud', 'add', 'there', 'ec3'], 'There is no kind of cloud called ec3.'],
    ] as const) {
      const { code, err } = await conpaas(...words);
      expect([code, err]).toEqual([exitCodes.usage, expect.stringContaining(text)]);
    }
  });

  test('no line of before, but those that follow, may be wanted', () => {
    expect([parseCount('--tail', '0', 0), parseCount('--tail', '7', 0), parseCount('--limit', '1')]).toEqual([0, 7, 1]);
    expect(() => parseCount('--limit', '')).toThrow('above 0, not ""');
  });

  test('of an empty list a person is told that it is, and a script gets it', () => {
    const written = { out: '', err: '' };
    const streams = {
      out: { write: (text: string | Uint8Array) => (written.out += String(text)) },
      err: { write: (text: string) => (written.err += text) },
    };
    new Terminal(streams, false).list([], () => '', 'There is none.');
    expect(written).toEqual({ out: '', err: 'There is none.\n' });
    new Terminal(streams, true).list([], () => '', 'There is none.');
    expect(written).toEqual({ out: '[]\n', err: 'There is none.\n' });
  });

  test('figures over time want to be named', async () => {
    const { code, err } = await conpaas('metrics', 'Shop', '--since', '2h');
    expect([code, err]).toEqual([exitCodes.usage, expect.stringContaining('--figure NAME')]);
  });

  test('a manifest that is not there', async () => {
    expect(await conpaas('check', '/nowhere/x.json')).toMatchObject({
      code: exitCodes.notFound,
      err: 'conpaas: There is no file /nowhere/x.json. Check the path.\n',
    });
    expect((await conpaas('check', os.tmpdir())).err).toContain('is a folder. Name the manifest');
    const { err } = await conpaas('--json', 'check', '/nowhere/x.json');
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'not_found' } });
  });

  test('mistakes of a manifest are told with their places, each once', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-check-'));
    try {
      const check = async (text: string) => {
        const file = path.join(directory, 'manifest.json');
        await writeFile(file, text);
        const { code, err } = await conpaas('check', file);
        expect(code).toBe(exitCodes.usage);
        return err.trimEnd().split('\n');
      };
      expect(await check(' \n')).toEqual(['conpaas: The manifest is empty.']);
      expect(await check('{"Services": []}')).toEqual([expect.stringContaining('"Application" is missing (line 1')]);
      expect(await check('{"Services": [], "Sevices": []}')).toEqual([
        expect.stringContaining('2 mistakes'),
        expect.stringContaining('  line 1, column 1: $.Application'),
        expect.stringContaining('  line 1, column 18: $.Sevices'),
      ]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('a mistake is told where it is, unless its message says so already', () => {
    let err = '';
    const terminal = new Terminal({ out: { write: () => undefined }, err: { write: (text) => (err += text) } }, false);
    const at = { path: 'phpconf.memory_limit', message: 'a number of bytes' };
    terminal.error({ code: 'invalid_request', message: 'This is not valid: a number of bytes.', places: [at] });
    expect(err).toContain('  phpconf.memory_limit: a number of bytes\n');
    err = '';
    terminal.error({ code: 'invalid_request', message: `This is not valid: ${at.path}: ${at.message}.`, places: [at] });
    expect(err.split('\n')).toHaveLength(2);
  });

  test('the policy of a cloud is one document; a cloud that has none is said', async () => {
    const { code, out } = await conpaas('cloud', 'policy', 'ec2');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ Version: '2012-10-17' });
    const openStack = JSON.parse((await conpaas('cloud', 'policy', 'openstack')).out) as unknown;
    expect(openStack).toContainEqual({ service: 'compute', method: 'POST', path: '/**v2.1/servers' });
    // Its tool takes a rule at a time: so do those who copy them.
    const openNebula = await conpaas('cloud', 'policy', 'opennebula');
    expect(openNebula.out.trim().split('\n')).toContain('#USER HOST/* MANAGE');
    expect(JSON.parse((await conpaas('--json', 'cloud', 'policy', 'opennebula')).out)).toContain('#USER HOST/* MANAGE');
    expect(await conpaas('cloud', 'policy', 'local')).toMatchObject({
      code: exitCodes.notFound,
      err: expect.stringContaining('have no policies') as string,
    });
  });

  test('a sweep that is not understood is refused before anything is asked', async () => {
    for (const words of [
      ['--older-than', 'soon'],
      ['--abandoned', 'D 1'],
      ['--abandoned', 'd-1'],
      ['--cloud', 'local'],
    ]) {
      expect((await conpaas('cloud', 'sweep', ...words)).code, words.join(' ')).toBe(exitCodes.usage);
    }
  });

  test('completion offers commands and options', async () => {
    expect((await conpaas('complete', '--', 'no')).out.split('\n')).toContain('nodes');
    expect((await conpaas('complete', '--', 'nodes', '')).out).toContain('remove');
    for (const shell of ['bash', 'zsh', 'fish']) expect((await conpaas('completion', shell)).out).toContain('conpaas');
    expect((await conpaas('completion', 'csh')).code).toBe(exitCodes.usage);
  });

  test('roles and ids of nodes', () => {
    expect(parseRoles(['--backend', '2', '--web=1', '--id', 'a-b-1'])).toEqual({
      counts: { backend: 2, web: 1 },
      ids: ['a-b-1'],
    });
    expect(() => parseRoles(['--backend', 'two'])).toThrow(/whole number/);
    expect(() => parseRoles(['backend'])).toThrow(/not understood/);
  });

  test('settings are JSON where they can be', () => {
    expect(parseSettings(['a=1', 'b=x=y', 'c=', 'd=true'], false)).toEqual({ a: 1, b: 'x=y', c: null, d: true });
    expect(parseSettings(['a=1', 'c='], true)).toEqual({ a: '1', c: '' });
    expect(() => parseSettings(['novalue'], false)).toThrow(/KEY=VALUE/);
  });

  test('times', () => {
    expect(parseTime('10m', 1_000_000)).toBe(400_000);
    expect(parseTime('2026-01-31T12:00Z', 0)).toBe(Date.UTC(2026, 0, 31, 12));
    expect(() => parseTime('soon', 0)).toThrow(/no time/);
  });

  test('log lines cannot play tricks on the terminal', () => {
    expect(printable('a\u001b[31mred\u001b[0m\u001b]0;title\u0007b\r\u0008c\td')).toBe('aredbc\td');
  });

  test('tables line up', () => {
    expect(
      table(
        ['name', 'state'],
        [
          ['a', 'running'],
          ['longer', 'x'],
        ],
      ),
    ).toBe('NAME    STATE\na       running\nlonger  x');
    expect(table(['name'], [])).toBe('');
  });
});
