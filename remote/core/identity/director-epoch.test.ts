import { createPublicKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createRoot, signIntermediate } from '../../../main/authority/index.ts';
import { directorMethods } from '../contract/director.ts';
import { DeploymentId } from '../contract/ids.ts';
import { hello } from '../contract/method.ts';
import { openDirectorPlace } from '../process/index.ts';
import { connect, serve } from '../rpc/index.ts';
import { directorEpoch } from './director-epoch.ts';
import { createIntermediateRequest, createIssuer, generateCaKey, generateKey, splitPem } from './index.ts';

const deployment = DeploymentId.parse('d-epochs');
const host = '127.90.31.1';

/** A director of some epoch under a root, as it serves. */
async function directorOf(root: Awaited<ReturnType<typeof createRoot>>, epoch: number | undefined, spool: string) {
  const key = await generateCaKey();
  const certificate = await signIntermediate(root, await createIntermediateRequest(key), deployment, { epoch });
  const roots = [root.certificate];
  const issuer = await createIssuer({ key, certificate, roots, deployment });
  const ownKey = await generateKey();
  const publicKey = createPublicKey(ownKey).export({ type: 'spki', format: 'pem' }).toString();
  const issued = await issuer.issue({ kind: 'director', deployment }, publicKey, { lifetimeMs: 3_600_000 });
  const credentials = { key: ownKey, certificate: issued.certificate, roots };
  const server = await serve({
    ...{ role: 'director', product: '1', table: { hello }, handlers: {}, spool },
    listen: { host, port: 0 },
    tls: { credentials },
    identify: () => undefined,
    authorize: () => undefined,
    log: () => undefined,
  });
  return { server, chain: splitPem(issued.certificate) };
}

test('a director that was replaced is not talked to, and cannot make itself newer', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'epochs-'));
  const root = await createRoot();
  const old = await directorOf(root, undefined, path.join(directory, 'a'));
  await using oldServer = old.server;
  const fresh = await directorOf(root, 3, path.join(directory, 'b'));
  await using freshServer = fresh.server;
  expect([directorEpoch(old.chain), directorEpoch(fresh.chain)]).toEqual([1, 3]);

  let least = 1;
  let port = oldServer.port;
  await using client = connect(directorMethods, {
    address: () => ({ host, port }),
    expect: { kind: 'director', deployment },
    roots: () => [root.certificate],
    leastEpoch: () => least,
  });
  const ask = async () => (await client.call('hello', {})).role;
  expect(await ask()).toBe('director');
  // The connection is kept; it is looked at again all the same.
  least = 3;
  await expect(ask()).rejects.toMatchObject({ code: 'superseded' });
  port = freshServer.port;
  expect(await ask()).toBe('director');
  await rm(directory, { recursive: true, force: true });
});

test('where the director has moved to is kept, and only a newer one moves it', async () => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'place-'));
  const first = { host, port: 1 };
  const open = () => openDirectorPlace(home, first);
  const place = open();
  expect([place.address(), place.epoch(), place.moved()]).toEqual([first, 1, undefined]);
  expect(await place.move({ host, port: 2, epoch: 2 })).toBe(true);
  expect(await place.move({ host, port: 3, epoch: 1 })).toBe(false);
  expect([open().address(), open().epoch()]).toEqual([{ host, port: 2 }, 2]);
  expect(await place.move({ host, port: 4, epoch: 2 })).toBe(true);
  expect(open().address()).toEqual({ host, port: 4 });
  await rm(home, { recursive: true, force: true });
});
