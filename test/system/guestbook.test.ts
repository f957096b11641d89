/** The first five minutes, and a year with the guestbook: what a user does to an application, by the command. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApplicationInfo, ApplicationSummary, NodeInfo, Operation } from '../../remote/core/contract/index.ts';
import { Plan } from '../../remote/core/contract/plan.ts';
import { RemovedNode } from '../../remote/core/contract/removed-logs.ts';
import { type Desk, openDesk } from './desk.ts';
import { entries, sign } from './guestbook.ts';
import { manifest } from './paths.ts';
import { Status } from './status.ts';
import { until } from './until.ts';

let desk: Desk;
let folder: string;
let address: string;

const show = (name = 'Guestbook') => desk.json(ApplicationInfo, 'app', 'show', name);
const actions = (plan: Plan) => plan.changes.map(({ action }) => action);

beforeAll(async () => {
  desk = await openDesk();
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('a guestbook on this computer', () => {
  it('is up and applied in two commands, and the address that is printed answers', async () => {
    expect(await desk.conpaas('up')).toContain('is running');
    const first = await desk.json(Plan, 'plan', manifest('guestbook.json'));
    expect(actions(first)).toEqual(['create', 'create', 'create']);
    // This computer costs nothing; that is known.
    expect(first.cost).toMatchObject({ perHour: 0, unknown: 0 });
    address = (await desk.conpaas('apply', manifest('guestbook.json'), '--wait')).trim();
    expect(address).toMatch(/^http:\/\/127\.\d+\.\d+\.\d+(:8080)?$/);
    expect((await fetch(address)).status).toBe(200);
    expect((await fetch(`${address}/health`)).status).toBe(200);
    const [deployment] = await desk.json(z.array(Status), 'status');
    expect(deployment).toMatchObject({
      state: 'running',
      applications: [{ name: 'Guestbook', state: 'running', address, nodes: { running: 5, wanted: 5 } }],
    });
  });

  it('keeps what visitors write when every process is killed, as by a reboot', async () => {
    await sign(address, 'Ann', 'before the reboot');
    await desk.killAll();
    const [dead] = await desk.json(z.array(Status), 'status');
    expect(dead).toMatchObject({ state: 'unreachable', applications: [] });
    await desk.conpaas('up');
    await answers('before the reboot');
    // Until then a proxy that began before its servers may still find one away.
    await running('Guestbook');
    await sign(address, 'Ann', 'after the reboot');
    expect(await entries(address)).toEqual(['after the reboot', 'before the reboot']);
  });

  it('is stopped and started as a whole', async () => {
    await desk.conpaas('stop');
    expect(desk.processes()).toEqual([]);
    expect(await desk.json(z.array(Status), 'status')).toMatchObject([{ state: 'stopped' }]);
    const refused = await desk.run(['app', 'list']);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('conpaas up') });
    await desk.conpaas('up');
    await answers('after the reboot');
    await running('Guestbook');
  });

  it('is stopped and started by itself, with code and data', async () => {
    await desk.conpaas('app', 'stop', 'Guestbook');
    expect((await show()).summary.state).toBe('stopped');
    expect(desk.processes('php-fpm')).toEqual([]);
    expect(desk.processes('mariadb')).toEqual([]);
    await desk.conpaas('app', 'start', 'Guestbook');
    expect(await entries(address)).toEqual(['after the reboot', 'before the reboot']);
    expect((await show()).summary).toMatchObject({ state: 'running', address });
  });

  it('is renamed, keeps its address, and is found by the new name alone', async () => {
    await desk.conpaas('app', 'rename', 'Guestbook', 'Visitors');
    expect((await show('Visitors')).summary).toMatchObject({ name: 'Visitors', address });
    expect((await desk.run(['app', 'show', 'Guestbook'])).code).toBe(3);
    await desk.conpaas('app', 'rename', 'Visitors', 'Guestbook');
  });

  it('exports a manifest that changes nothing when it is applied', async () => {
    const exported = path.join(folder, 'exported.json');
    await writeFile(exported, await desk.conpaas('export', 'Guestbook'));
    expect(new Set(actions(await desk.json(Plan, 'plan', exported)))).toEqual(new Set(['keep']));
    await desk.conpaas('apply', exported, '--wait');
    expect(new Set(actions(await desk.json(Plan, 'plan', manifest('guestbook.json'))))).toEqual(new Set(['keep']));
  });

  it('plans and applies the difference only', async () => {
    const changed = JSON.parse(await desk.conpaas('export', 'Guestbook')) as { Services: Record<string, unknown>[] };
    const [php] = changed.Services;
    Object.assign(php ?? {}, { Configuration: { memory_limit: '96M' } });
    const file = path.join(folder, 'changed.json');
    await writeFile(file, JSON.stringify(changed));
    const plan = await desk.json(Plan, 'plan', file);
    expect(actions(plan)).toEqual(['keep', 'change', 'keep']);
    expect(plan.changes[1]?.fields).toMatchObject([{ path: 'Configuration.memory_limit', to: '96M' }]);
    const database = desk.process('mariadb').pid;
    await desk.conpaas('apply', file, '--wait');
    expect((await show()).services[0]?.configuration).toMatchObject({ memory_limit: '96M' });
    expect(desk.process('mariadb').pid).toBe(database);
    expect(await entries(address)).toHaveLength(2);
  });

  it('grows and shrinks, and every backend answers', async () => {
    const Nodes = z.object({ nodes: z.array(NodeInfo) });
    const { nodes } = await desk.json(Nodes, 'nodes', 'add', 'Guestbook', 'guestbook', '--backend', '2');
    const backends = nodes.filter(({ role }) => role === 'backend');
    expect(backends.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    const seen = new Set<string>();
    await until('an answer of each backend', async () => {
      seen.add(/id="node">([^<]+)/.exec(await (await fetch(address)).text())?.[1] ?? '');
      return seen.size === 3;
    });
    expect([...seen].sort()).toEqual(backends.map(({ id }) => id).sort());
    const { warnings } = await show();
    expect(warnings.join()).toContain('uploads');
    const [first = ''] = [...seen].sort();
    await desk.conpaas('nodes', 'remove', 'Guestbook', 'guestbook', '--id', first);
    await desk.conpaas('nodes', 'remove', 'Guestbook', 'guestbook', '--backend', '1');
    const left = await desk.json(z.array(NodeInfo), 'nodes', 'list', 'Guestbook', 'guestbook');
    expect(left.filter(({ role }) => role === 'backend').map(({ id }) => id)).toEqual(['guestbook-backend-2']);
    expect(await entries(address)).toHaveLength(2);
    const refused = await desk.run(['nodes', 'remove', 'Guestbook', 'guestbook', '--backend', '1']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/^conpaas: .*backend/);
  });

  it('shows logs, of all and of one node, and follows them', async () => {
    const lines = await desk.conpaas('logs', 'Guestbook', 'guestbook', '--log', 'access');
    expect(lines).toContain('GET / HTTP/1.1');
    expect(await desk.conpaas('logs', 'Guestbook', '--node', 'db-mysql-1', '--tail', '5')).toContain('db-mysql-1');
    // Removed before, yet its last lines were shipped and are kept; of one that never was there is nothing.
    const gone = await desk.json(
      z.array(RemovedNode),
      'call',
      'director',
      'list_removed_nodes',
      '{"application":"Guestbook"}',
    );
    expect(gone).toHaveLength(2);
    const [one] = gone;
    const last = await desk.conpaas('logs', 'Guestbook', '--node', one?.node ?? '', '--log', 'access');
    expect(last).toContain(`${one?.node} access`);
    expect((await desk.run(['logs', 'Guestbook', '--node', 'guestbook-backend-99'])).code).not.toBe(0);
    const follow = desk.start(['logs', 'Guestbook', 'guestbook', '--log', 'access', '--follow', '--tail', '0']);
    let text = '';
    follow.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    await until('the line of a request made now', async () => {
      await fetch(`${address}/?mark=followed`);
      return text.includes('mark=followed');
    });
    // A node that is added meanwhile is followed too; one that is removed ends nothing.
    const before = (await show()).services.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    await desk.conpaas('nodes', 'add', 'Guestbook', 'guestbook', '--backend', '1');
    const after = (await show()).services.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    const [added = 'none'] = after.filter((id) => !before.includes(id));
    await until('a line of the node that was added', async () => {
      await fetch(address);
      return text.includes(`${added} access`);
    });
    await desk.conpaas('nodes', 'remove', 'Guestbook', 'guestbook', '--id', added);
    await until('a line after one was removed', async () => {
      await fetch(`${address}/?mark=removed`);
      return text.includes('mark=removed');
    });
    const ended = new Promise((resolve) => follow.once('close', resolve));
    follow.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  it('takes several commands at once, each of which sees what the others did', async () => {
    const sudoku = desk.conpaas('apply', manifest('sudoku.json'), '--wait');
    const other = desk.conpaas('apply', manifest('sudoku.json'), '--wait', '--name', 'Another');
    const [first, second] = await Promise.all([
      sudoku,
      other,
      desk.conpaas('up'),
      desk.conpaas('app', 'list'),
      desk.conpaas('nodes', 'add', 'Guestbook', 'guestbook', '--backend', '1'),
      desk.conpaas('export', 'Guestbook'),
    ]);
    for (const page of [first, second]) {
      const answer = await fetch(page.trim());
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('Sudoku');
    }
    const all = await desk.json(z.array(ApplicationSummary), 'app', 'list');
    expect(all.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'Another running',
      'Guestbook running',
      'Sudoku running',
    ]);
    const operations = await desk.json(z.array(Operation), 'op', 'list', '--limit', '100');
    expect(operations.filter(({ state }) => state !== 'done')).toEqual([]);
    await Promise.all(['Another', 'Sudoku'].map((name) => desk.conpaas('app', 'delete', name, '--yes')));
    expect((await desk.json(z.array(ApplicationSummary), 'app', 'list')).map(({ name }) => name)).toEqual([
      'Guestbook',
    ]);
  });

  it('asks for the name before it deletes anything', async () => {
    for (const words of [['app', 'delete', 'Guestbook'], ['destroy']]) {
      const refused = await desk.run(words);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    }
    expect(await entries(address)).toHaveLength(2);
    expect(await readFile(path.join(desk.home, 'deployments.json'), 'utf8')).toContain('"running"');
  });
});

async function running(name: string): Promise<void> {
  await until(`${name} to be reported running`, async () => (await show(name)).summary.state === 'running');
}

/** `up` has returned: engines may still be on their way. */
async function answers(text: string): Promise<void> {
  await until('the entries', async () => (await entries(address).catch((): string[] => [])).includes(text));
}
