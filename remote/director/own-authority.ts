/**
 * The director as an authority: its intermediate (made here, signed by the desktop's root over the first contact) and
 * the leaf it issues itself. Files in `identity/` of its home, 0600:
 *   intermediate.key  intermediate.csr   made here
 *   intermediate.pem                     written by the desktop; a newer one replaces it at its half life
 *   intermediates.pem                    all that we have issued with, the newest first: what expired under one that
 *                                        was replaced, perhaps while we were off, may still be renewed
 *   roots.pem                            what is trusted instead of the bootstrap's roots, once that was changed
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, watch } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../core/contract/errors.ts';
import type { DeploymentId } from '../core/contract/ids.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import {
  type Credentials,
  createIntermediateRequest,
  createIssuer,
  generateCaKey,
  generateKey,
  type Issuer,
  keepRenewed,
  splitPem,
} from '../core/identity/index.ts';

/** Life of what the director issues, in milliseconds: itself and others. */
export const leafLifeMs = 30 * 86_400_000;

export interface OwnAuthority extends AsyncDisposable {
  readonly issuer: Issuer;
  credentials(): Credentials;
  /** Our intermediates, the current one first, PEM: chains that they issued may be renewed. */
  intermediates(): readonly string[];
  onRenewed(listener: (credentials: Credentials) => void): void;
  /** A fresh leaf for the director itself, now. */
  renewNow(): Promise<void>;
  /**
   * What is trusted from now on, PEM; durable, and told to everybody with their next certificate.
   * @throws ConpaasError invalid_request: not roots; conflict: none of them has signed the intermediate in use
   */
  setRoots(roots: readonly string[]): Promise<void>;
}

/** Makes or loads the authority; waits for the desktop to sign the intermediate. */
export async function openOwnAuthority(options: {
  readonly home: string;
  readonly deployment: DeploymentId;
  readonly roots: readonly string[];
  readonly signal: AbortSignal;
  log(line: string): void;
}): Promise<OwnAuthority> {
  const { deployment, signal } = options;
  const directory = path.join(options.home, 'identity');
  const file = (name: string): string => path.join(directory, name);
  await mkdir(directory, { recursive: true, mode: 0o700 });

  let roots = existsSync(file('roots.pem')) ? splitPem(await readFile(file('roots.pem'), 'utf8')) : options.roots;
  // The leaf's key is made while the desktop signs.
  const leafKey = generateKey();
  if (!existsSync(file('intermediate.key'))) await writeFileAtomic(file('intermediate.key'), await generateCaKey());
  const key = await readFile(file('intermediate.key'), 'utf8');
  if (!existsSync(file('intermediate.csr'))) {
    await writeFileAtomic(file('intermediate.csr'), await createIntermediateRequest(key));
  }
  while (!existsSync(file('intermediate.pem'))) await delay(20, undefined, { signal });
  let intermediate = await readFile(file('intermediate.pem'), 'utf8');
  let issuer = await createIssuer({ key, certificate: intermediate, roots, deployment });
  let known = await remember(file('intermediates.pem'), intermediate);
  const ownKey = await leafKey;
  const listeners = new Set<(credentials: Credentials) => void>();
  let current = await issue();
  const renewing = keepRenewed({
    credentials: current,
    renew: issue,
    onRenewed: (credentials) => {
      current = credentials;
      for (const listener of listeners) listener(credentials);
    },
    log: options.log,
  });

  async function issue(): Promise<Credentials> {
    const publicKey = createPublicKey(ownKey).export({ type: 'spki', format: 'pem' }).toString();
    const { certificate } = await issuer.issue({ kind: 'director', deployment }, publicKey, { lifetimeMs: leafLifeMs });
    return { key: ownKey, certificate, roots };
  }

  /** The desktop has signed anew (at half life): from now on the new one issues. */
  async function reload(): Promise<void> {
    const found = await readFile(file('intermediate.pem'), 'utf8');
    if (found === intermediate) return;
    issuer = await createIssuer({ key, certificate: found, roots, deployment });
    intermediate = found;
    known = await remember(file('intermediates.pem'), found);
    await renewing.renewNow();
    options.log('issuing with a new intermediate certificate');
  }
  const watcher = watch(directory, (_event, name) => {
    if (name !== 'intermediate.pem') return;
    reload().catch((error: unknown) => options.log(`the new intermediate was not taken: ${String(error)}`));
  });

  return {
    get issuer() {
      return issuer;
    },
    credentials: () => current,
    intermediates: () => known,
    onRenewed: (listener) => void listeners.add(listener),
    renewNow: renewing.renewNow,
    async setRoots(next) {
      checkRoots(next, intermediate);
      await writeFileAtomic(file('roots.pem'), next.map((pem) => `${pem.trim()}\n`).join(''));
      roots = splitPem(next.join('\n'));
      issuer = await createIssuer({ key, certificate: intermediate, roots, deployment });
      await renewing.renewNow();
      options.log(`trusting ${roots.length} root certificate${roots.length === 1 ? '' : 's'} from now on`);
    },
    [Symbol.asyncDispose]: async () => {
      watcher.close();
      await renewing[Symbol.asyncDispose]();
    },
  };
}

/** @throws ConpaasError invalid_request, conflict */
function checkRoots(roots: readonly string[], intermediate: string): void {
  const certificates = roots.map((pem) => {
    try {
      const certificate = new X509Certificate(pem);
      if (certificate.ca && certificate.verify(certificate.publicKey)) return certificate;
    } catch {
      // said below, as for one that is no root
    }
    throw new ConpaasError('invalid_request', 'One of these is not a root certificate.');
  });
  const own = new X509Certificate(intermediate);
  if (certificates.some((root) => own.checkIssued(root) && own.verify(root.publicKey))) return;
  throw new ConpaasError(
    'conflict',
    'None of these roots has signed the intermediate in use: the deployment would trust nobody. Renew it first.',
  );
}

/** Puts a certificate in front of those in a file, unless it is there. */
async function remember(file: string, certificate: string): Promise<readonly string[]> {
  const text = existsSync(file) ? await readFile(file, 'utf8') : '';
  const before = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const current = certificate.trim();
  if (before[0] === current) return before;
  const all = [current, ...before.filter((one) => one !== current)];
  await writeFileAtomic(file, `${all.join('\n')}\n`);
  return all;
}
