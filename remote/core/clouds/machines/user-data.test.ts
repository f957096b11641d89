import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { serviceSpecs } from '../../../services/registry/spec.ts';
import { DeploymentId, VmId } from '../../contract/ids.ts';
import { MachineList } from '../../contract/machine-host.ts';
import { createTrust } from '../../identity/fixtures.ts';
import { machinePackages } from './packages.ts';
import { laidDown } from './user-data.fixture.ts';
import { composeUserData, type UserData } from './user-data.ts';

const digest = 'a'.repeat(64);
const programs = (['node', 'host.mjs', 'manager.mjs', 'agent.mjs'] as const).map((name) => ({ name, sha256: digest }));
const director = { host: '10.1.2.3', port: 5555 };
const list = MachineList.parse({ name: 'vm-one', processes: [] });
const base: UserData = { list, programs, director };

/** As `sh -n` sees it: what is no shell script is refused. */
function isScript(text: string): boolean {
  return spawnSync('/bin/sh', ['-n'], { input: text }).status === 0;
}

describe('the first script of a machine', () => {
  test('holds two processes with two roots and their tokens, and stays below what clouds take', async () => {
    const roots = await Promise.all(['d-one', 'd-two'].map(async (name) => (await createTrust(name)).root.certificate));
    const bootstrap = (token: string) => ({ deployment: 'd-one', application: 'app-one', director, roots, token });
    const token = () => randomBytes(32).toString('base64url');
    const full = MachineList.parse({
      name: 'vm-one',
      processes: [
        { name: 'manager-1', bundle: 'manager', bootstrap: bootstrap(token()) },
        { name: 'agent', bundle: 'agent', bootstrap: bootstrap(token()) },
      ],
    });
    const script = composeUserData({ ...base, list: full });
    expect(Buffer.byteLength(script)).toBeLessThan(8192);
    expect(laidDown(script)).toEqual(full);
    expect(script).not.toMatch(/PRIVATE KEY/);
    expect(isScript(script)).toBe(true);
  });

  test('with the way in for the desktop it stays a script of that size, which opens it before it waits', async () => {
    const contact = { hostKey: randomBytes(300).toString('base64'), authorizedKey: 'ssh-ed25519 AAAAC3Nz' };
    const script = composeUserData({ list, programs, contact });
    expect(Buffer.byteLength(script)).toBeLessThan(8192);
    expect(isScript(script)).toBe(true);
    expect(script.indexOf('/usr/sbin/sshd -f')).toBeLessThan(script.indexOf('until is'));
    expect(script.replaceAll('\n', '')).toContain(Buffer.from(contact.hostKey).toString('base64'));
    const hostile = { ...contact, authorizedKey: 'ssh-ed25519 AAAA\ncommand="id" ssh-ed25519 BBBB' };
    expect(() => composeUserData({ list, programs, contact: hostile })).toThrow(/no public key/);
  });

  test('with the packages that agents need it stays a script of that size', async () => {
    const roles = Object.values(serviceSpecs).flatMap((spec) => Object.values(spec.roles));
    const packages = [...new Set([...machinePackages, ...roles.flatMap((role) => role.packages)])];
    const roots = await Promise.all(['d-one', 'd-two'].map(async (name) => (await createTrust(name)).root.certificate));
    const ids = { deployment: DeploymentId.parse('d-one'), vm: VmId.parse('vm-one') };
    const follow = { kind: 'host' as const, ...ids, director, roots, token: randomBytes(32).toString('base64url') };
    const full = { name: ids.vm, processes: [], follow, packages };
    const script = composeUserData({ ...base, list: full });
    expect(Buffer.byteLength(script)).toBeLessThan(8192);
    expect(isScript(script)).toBe(true);
    expect(laidDown(script)).toEqual(full);
    expect(() => composeUserData({ ...base, list: { ...full, packages: ['--option'] } })).toThrow();
  });

  test('one that would be too large is refused', () => {
    const noise = randomBytes(6000).toString('hex');
    const large = MachineList.parse({
      name: 'vm-one',
      processes: [{ name: 'agent', bundle: 'agent', bootstrap: { noise } }],
    });
    expect(() => composeUserData({ ...base, list: large })).toThrow(/8192/);
  });

  test.each(["'; touch /tmp/hostile; '", '$(touch /tmp/hostile)', '`id`', 'END\nrm -rf /', '\u0000', "\\'"])(
    'a hostile value is data: %j',
    (hostile) => {
      const named = MachineList.parse({
        name: 'vm-one',
        processes: [{ name: 'agent', bundle: 'agent', bootstrap: { value: hostile, [hostile]: 1 } }],
      });
      const script = composeUserData({ ...base, list: named });
      expect(isScript(script)).toBe(true);
      expect(script).not.toContain(hostile);
      expect(laidDown(script)).toEqual(named);
      expect(() => composeUserData({ ...base, director: { host: hostile, port: 1 } })).toThrow(/cannot be put/);
      const strange = [{ name: 'node', sha256: hostile }] as const;
      expect(() => composeUserData({ ...base, programs: strange })).toThrow(/cannot be put/);
    },
  );

  test('what comes compressed is unpacked on its way; what does not come whole is no program', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-fetch-'));
    try {
      const script = composeUserData(base);
      const fetch = /\nfetch\(\) \{\n[\s\S]*?\n\}\n/.exec(script)?.[0] ?? '';
      await writeFile(path.join(directory, 'whole'), gzipSync('a program'));
      await writeFile(path.join(directory, 'half'), gzipSync(randomBytes(5000)).subarray(0, 2000));
      // In curl's place: what it is asked for is kept, and the file named by the digest is the answer.
      const curl = `curl() { printf '%s\\n' "$@" > "${directory}/asked"; cat "${directory}/$DIGEST"; }`;
      const fetched = (what: string) => {
        const text = `set -eu\ndirector=10.1.2.3:5555\n${curl}\n${fetch}\nfetch "$DIGEST" "${directory}/got"`;
        const environment = { PATH: '/usr/bin:/bin', DIGEST: what };
        return spawnSync('/bin/sh', ['-c', text], { env: environment }).status;
      };
      expect(fetched('whole')).toBe(0);
      expect(await readFile(path.join(directory, 'got'), 'utf8')).toBe('a program');
      const asked = (await readFile(path.join(directory, 'asked'), 'utf8')).trim().split('\n');
      expect(asked).toContain('{"sha256":"whole","encoding":"gzip"}');
      expect(asked.at(-1)).toBe('https://10.1.2.3:5555/v1/get_program');
      expect(fetched('half')).not.toBe(0);
      expect(fetched('missing')).not.toBe(0);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('what an image brings with its digest beside it is neither fetched nor read; another release is fetched', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-need-'));
    const file = (name: string) => path.join(directory, name);
    try {
      const script = composeUserData(base);
      const functions = script.slice(script.indexOf('\nis() {'), script.indexOf('# Once: whoever'));
      await writeFile(file('node'), 'of the image');
      await writeFile(file('node.sha256'), 'digest-of-image');
      // In place of the real ones: what is fetched is the digest that was asked for, and hashing it gives that.
      const stubs = `fetch() { echo "$1" > "$2"; echo "$1" >> "${file('fetched')}"; }
is() { echo "$1" >> "${file('hashed')}"; [ "$(cat "$1")" = "$2" ]; }`;
      const need = (digest: string) => {
        const text = `set -eu\ndirector=10.1.2.3:5555\nprograms="${directory}"\n${functions}\n${stubs}\nneed node ${digest}`;
        return spawnSync('/bin/sh', ['-c', text], { env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' });
      };
      expect(need('digest-of-image')).toMatchObject({ status: 0, stderr: '' });
      expect((await readdir(directory)).sort()).toEqual(['node', 'node.sha256']);
      expect(need('newer')).toMatchObject({ status: 0, stderr: '' });
      expect(await readFile(file('node'), 'utf8')).toBe('newer\n');
      expect((await readdir(directory)).sort()).toEqual(['fetched', 'hashed', 'node']);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('without a director it fetches nothing and waits for what will be copied', () => {
    const script = composeUserData({ list, programs });
    expect(script).toContain('\ndirector=\n');
    expect(script).toContain(`need host.mjs ${digest}`);
  });
});
