/** Runs inside Electron's own Node, whose cryptography is BoringSSL: vault, exports, authority and SSH, once through. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createRoot, issueOwner, signIntermediate, toPkcs12 } from '../../main/authority/index.ts';
import { type ContactRecord, createContact } from '../../main/contact/index.ts';
import { startSshd } from '../../main/contact/sshd.fixture.ts';
import { exportEverything, importEverything } from '../../main/transfer/index.ts';
import { openVault, type Unlock } from '../../main/vault/index.ts';
import { testKeychain } from '../../main/vault/keychain.fixture.ts';
import { recipientOf } from '../../remote/core/backup/recipient.ts';
import { readSealed, writeSealed } from '../../remote/core/backup/sealed-stream.ts';
import { DeploymentId, UserName } from '../../remote/core/contract/ids.ts';
import {
  createIntermediateRequest,
  createIssuer,
  createRequest,
  generateCaKey,
  generateKey,
  generatePersonalKey,
  identifyPeer,
  splitPem,
  verifyForRenewal,
} from '../../remote/core/identity/index.ts';

const directory = await mkdtemp(path.join(os.tmpdir(), 'in-electron-'));
const done: string[] = [];
try {
  const ways: readonly Unlock[] = [
    { kind: 'keyfile' },
    { kind: 'passphrase', passphrase: 'correct horse' },
    { kind: 'keychain', keychain: testKeychain() },
  ];
  for (const way of ways) {
    const place = path.join(directory, way.kind);
    (await openVault(place, way))[Symbol.dispose]();
    using vault = await openVault(place, way);
    await vault.set('a', 'kept');
    await vault.protect({ kind: 'passphrase', passphrase: 'another horse' });
    using again = await openVault(place, { kind: 'passphrase', passphrase: 'another horse' });
    assert.equal(await again.get('a'), 'kept');
    await assert.rejects(openVault(place, { kind: 'passphrase', passphrase: 'not this one' }), /not the passphrase/);
    if (way.kind === 'passphrase') {
      const from = { vault: again, dataDirectory: place };
      await importEverything(from, await exportEverything(from, 'for the file'), 'for the file', 'replace');
      assert.deepEqual(await again.list(), ['a']);
    }
    done.push(way.kind);
  }

  const backup = path.join(directory, 'sealed');
  const content = [Buffer.alloc(300_000, 'first'), Buffer.from('last')];
  await writeSealed(backup, Buffer.alloc(32, 1), { format: 'any' }, Readable.from(content));
  const parts: Buffer[] = [];
  for await (const part of readSealed(backup, Buffer.alloc(32, 1))) parts.push(part);
  assert.deepEqual(Buffer.concat(parts), Buffer.concat(content));
  await assert.rejects(readSealed(backup, Buffer.alloc(32, 2)).next(), /damaged/);
  done.push('backup');
  const afar = path.join(directory, 'sealed-by-another');
  const recipient = recipientOf(Buffer.alloc(32, 1));
  await writeSealed(afar, { recipient }, { format: 'any' }, Readable.from(content));
  const opened: Buffer[] = [];
  for await (const part of readSealed(afar, Buffer.alloc(32, 1))) opened.push(part);
  assert.deepEqual(Buffer.concat(opened), Buffer.concat(content));
  await assert.rejects(readSealed(afar, Buffer.alloc(32, 2)).next(), /damaged/);
  done.push('recipient');

  const deployment = DeploymentId.parse('d-one');
  const root = await createRoot();
  const key = await generateCaKey();
  const certificate = await signIntermediate(root, await createIntermediateRequest(key), deployment);
  const roots = [root.certificate];
  assert.ok(new X509Certificate(certificate).verify(new X509Certificate(root.certificate).publicKey));
  const issuer = await createIssuer({ key, certificate, roots, deployment });
  const issued = await issuer.issue({ kind: 'director', deployment }, await createRequest(await generateKey()), {
    lifetimeMs: 86_400_000,
  });
  const chain = splitPem(issued.certificate);
  assert.equal(identifyPeer({ chain, authorized: true, deployment, revoked: new Set() })?.kind, 'director');
  assert.equal(
    verifyForRenewal({ chain, roots, intermediates: [certificate], deployment, revoked: new Set() }).serial,
    issued.serial,
  );
  done.push('authority');
  const ownKey = await generatePersonalKey();
  const own = await issueOwner(root, await createRequest(ownKey), deployment, UserName.parse('ann'));
  const file = await toPkcs12({ key: ownKey, certificate: own.certificate, roots }, 'for the file', 'ann');
  assert.equal(file[0], 0x30);
  done.push('pkcs12');

  let record: ContactRecord | undefined;
  const store = {
    read: async () => record,
    update: async (change: (before: ContactRecord | undefined) => ContactRecord) => {
      record = change(record);
      return record;
    },
  };
  const host = '127.77.9.5';
  await using server = await startSshd(await createContact({ store }).keys('director'), host);
  const contact = createContact({ store, port: server.port, user: server.user, directory: server.directory });
  const machine = contact.transport(async () => ({ name: 'director', host }));
  const said = await machine.run('s-1', ['/bin/cat'], 'over SSH', AbortSignal.timeout(60_000));
  assert.equal(said.output, 'over SSH');
  assert.deepEqual(Object.keys(record?.hosts['director'] ?? {}), ['known']);
  await machine[Symbol.asyncDispose]?.();
  done.push('contact');
} finally {
  await rm(directory, { recursive: true, force: true });
}
const { electron, openssl, boringssl } = process.versions as Record<string, string | undefined>;
console.log(JSON.stringify({ electron, openssl: boringssl ?? openssl, done }));
