/** A real deployment with an application: its root is rotated while it answers, and devices and users come and go. */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CertificateInfo } from '../../remote/core/contract/security.ts';
import { serialOf } from '../../remote/core/identity/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { homes, upLongAgo } from './long-ago.ts';
import { ask, probeManifest } from './probe.ts';

/** The serial number of the intermediate that was given to the director last. */
async function intermediateOf(desk: Desk): Promise<string> {
  const [home = ''] = homes(desk, 'director');
  return serialOf(new X509Certificate(await readFile(path.join(home, 'identity/intermediate.pem'), 'utf8')));
}

const Certificates = z.array(CertificateInfo);

it('rotates the root while the application runs, goes on after kill -9, and shuts out what is revoked', async () => {
  await using desk = await openDesk();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  try {
    await upLongAgo(desk, 380, { once: true });
    const aged = await intermediateOf(desk);
    const address = (await desk.conpaas('apply', await probeManifest(folder), '--wait')).trim();
    // Root and intermediate are over a year old: the first command has had the intermediate renewed, by itself.
    const intermediates = async () =>
      (await desk.json(Certificates, 'security', 'list')).filter(({ kind }) => kind === 'intermediate');
    await expect
      .poll(async () => (await intermediates()).map(({ state }) => state), { timeout: 30_000 })
      .toEqual(['valid', 'replaced']);
    expect((await intermediates())[1]?.serial).toBe(aged);
    await desk.conpaas('security', 'renew');
    expect((await ask(address)).version).toBe('one');
    const before = await desk.json(Certificates, 'security', 'list');
    const [oldRoot] = before.filter(({ kind }) => kind === 'root');
    expect(before.filter(({ kind, state }) => kind !== 'root' && state === 'valid').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['intermediate', 'director', 'manager', 'agent', 'user']),
    );

    // A device of the owner, on a data directory of its own.
    const file = path.join(folder, 'laptop.conpaas-access');
    const secret = { input: 'carried by another way\n' };
    const added = await desk.run(['security', 'add-device', 'laptop', file], secret);
    expect(added).toMatchObject({ code: 0 });
    const laptop = { environment: { CONPAAS_HOME: path.join(folder, 'laptop') } };
    expect(await desk.run(['security', 'accept', file], { ...laptop, ...secret })).toMatchObject({ code: 0 });
    expect((await desk.run(['app', 'list'], laptop)).stdout).toContain('Probe');
    expect(await desk.run(['destroy', '--yes'], { ...laptop, input: '' })).toMatchObject({ code: 0 });
    expect((await ask(address)).version).toBe('one');
    expect(await desk.run(['security', 'accept', file], { ...laptop, ...secret })).toMatchObject({ code: 0 });

    // Cut short at each step in turn by a kill of the command, the rotation goes on from there.
    for (const words of ['accept both', 'new intermediate', 'Renew all']) {
      const rotating = desk.start(['security', 'rotate-root', '--yes']);
      let said = '';
      rotating.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes(words)) rotating.kill('SIGKILL');
      });
      await new Promise((resolve) => rotating.once('close', resolve));
      expect((await ask(address)).version).toBe('one');
    }
    await desk.conpaas('security', 'rotate-root', '--yes');
    expect((await ask(address)).version).toBe('one');

    const after = await desk.json(Certificates, 'security', 'list');
    const roots = after.filter(({ kind }) => kind === 'root');
    expect(roots).toHaveLength(1);
    expect(roots[0]?.serial).not.toBe(oldRoot?.serial);
    const agent = (all: readonly CertificateInfo[]) =>
      all.find(({ kind, state }) => kind === 'agent' && state === 'valid')?.serial;
    expect(agent(after)).not.toBe(agent(before));
    // Everything still obeys: the manager its director, the agent its manager.
    await desk.conpaas('--json', 'call', 'Probe', 'list_nodes');
    await desk.conpaas('security', 'renew');

    // The device has not connected meanwhile: it knows the old root only, and needs a new file.
    const stale = await desk.run(['app', 'list'], laptop);
    expect(stale.code).not.toBe(0);
    await desk.run(['security', 'add-device', 'laptop', path.join(folder, 'again')], secret);
    await desk.run(['destroy', '--yes'], { ...laptop, input: '' });
    expect(await desk.run(['security', 'accept', path.join(folder, 'again')], { ...laptop, ...secret })).toMatchObject({
      code: 0,
    });
    expect((await desk.run(['app', 'list'], laptop)).stdout).toContain('Probe');
    const devices = (await desk.json(Certificates, 'security', 'list')).filter(
      ({ device, state }) => device === 'laptop' && state === 'valid',
    );
    for (const { serial } of devices) await desk.conpaas('security', 'revoke', serial, '--yes');
    expect((await desk.run(['app', 'list'], laptop)).code).toBe(6);
    // Of another desktop's deployment a device takes its access with it, and nothing else.
    expect(await desk.run(['destroy', '--yes'], { ...laptop, input: '' })).toMatchObject({ code: 0 });
    expect((await ask(address)).version).toBe('one');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
