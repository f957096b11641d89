/** The real WordPress (the files of Debian's package) with our wp-config.php laid over it, on two backends. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seenProcesses } from '../support/hunt.ts';
import { type Desk, openDesk } from './desk.ts';
import { intrude } from './intruder.ts';
import { hiddenField, installed, loggedIn, published, type Visitor, visitor, wordPressIn } from './wordpress.ts';

let desk: Desk;
let folder: string;
let file: string;
let address: string;
let admin: Visitor;

beforeAll(async () => {
  desk = await openDesk();
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  file = await wordPressIn(folder, 2);
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('WordPress', () => {
  it('is applied', async () => {
    await desk.conpaas('up');
    address = (await desk.conpaas('apply', file, '--wait')).trim();
    admin = visitor(address);
    expect((await admin.get('/')).text).toContain('WordPress');
  });

  it('is installed by its own installer', async () => {
    expect(await installed(admin, 'On two backends')).toContain('wp-login.php');
    expect((await admin.get('/')).text).toContain('On two backends');
  });

  it('lets its owner in, and a post that is written is read by everybody through the proxy', async () => {
    expect(await loggedIn(admin, address)).toContain('wp-admin-bar');
    const id = await published(admin, 'Written through the proxy', '<p>Both backends know it.</p>');
    for (let round = 0; round < 4; round += 1) {
      const { status, text } = await visitor(address).get(`/?p=${id}`);
      expect(status).toBe(200);
      expect(text).toContain('Both backends know it.');
    }
  });

  it('has pretty addresses, and static files', async () => {
    const form = await admin.get('/wp-admin/options-permalink.php');
    await admin.post('/wp-admin/options-permalink.php', {
      _wpnonce: hiddenField(form.text, '_wpnonce'),
      _wp_http_referer: hiddenField(form.text, '_wp_http_referer'),
      selection: '/%postname%/',
      permalink_structure: '/%postname%/',
      submit: 'Save Changes',
    });
    const page = await visitor(address).get('/written-through-the-proxy/');
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('Both backends know it.') });
    expect((await visitor(address).get('/no-such-page/')).status).toBe(404);
    const style = await fetch(`${address}/wp-includes/css/dashicons.min.css`);
    expect(style.status).toBe(200);
    expect(style.headers.get('content-type')).toContain('text/css');
    expect((await fetch(`${address}/wp-config.php`)).status).toBe(200);
    expect(await (await fetch(`${address}/wp-config.php`)).text()).toBe('');
  });

  it('gives an intruder on a machine no key of others, and tokens that only raise an alert', async () => {
    const cloud = path.join(desk.home, 'deployments', (await deploymentOf(desk)).id, 'cloud/vms');
    const vms = (await readdir(cloud)).map((name) => path.join(cloud, name));
    const home = path.join(vms.find((vm) => existsSync(path.join(vm, 'director'))) ?? '', 'director');
    const processes = seenProcesses(desk.processes().map(({ pid }) => pid));
    const machines = vms.filter((vm) => existsSync(path.join(vm, 'agent'))).map((homes) => ({ homes, processes }));
    expect(machines).toHaveLength(2);
    const { wrong, refusals, places } = await intrude({ desktop: desk.home, director: home, machines });
    expect(wrong).toEqual([]);
    expect(places.map(({ length }) => length > 0)).toEqual([true, true]);
    expect(refusals).toEqual(new Array(3).fill('This join token was already used with another key.')); // two agents, a manager
    const alerts = await desk.conpaas('activity', '--kind', 'alert');
    expect(alerts.match(/A join token was used a second time/g)).toHaveLength(3);
  });
});

async function deploymentOf({ json }: Desk): Promise<{ id: string }> {
  const [found] = await json(z.array(z.object({ id: z.string() })), 'status');
  if (!found) throw new Error('there is a deployment');
  return found;
}
