/** What somebody finds who is root on a machine of an application: a list of what must not be there. */

import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type DeploymentId, directorMethods } from '../../remote/core/contract/index.ts';
import { createRequest, generateKey, splitPem, statedIdentity } from '../../remote/core/identity/index.ts';
import { connect } from '../../remote/core/rpc/index.ts';
import { type FoundInProcess, filesOf, found, type HuntedFile, huntProcesses, type Secrets } from '../support/hunt.ts';

export interface Intrusion {
  /** Directory with the homes of the machine's control processes. */
  readonly homes: string;
  /** Living processes of the machine. */
  readonly pids: readonly number[];
  /** What other machines and people have: nothing of it may be here. */
  readonly others: Secrets;
  /** Passwords of what runs here: in private files, and nowhere else. */
  readonly own: Secrets;
}

export interface Loot {
  /** What is wrong; empty: all is as it should be. */
  readonly wrong: readonly string[];
  readonly tokens: readonly Token[];
  /** Private files in which passwords of services are, so that a test can tell that it would have found them. */
  readonly places: readonly string[];
}

interface Token {
  readonly file: string;
  readonly token: string;
  readonly director: { readonly host: string; readonly port: number };
  readonly deployment: DeploymentId;
  readonly roots: readonly string[];
}

/** Users of roles are not below; root and people are. */
const unprivileged = 65_536;

/** The line of a key's PEM that no other key has. */
export function keyNeedle(pem: string): string {
  const line = pem.split('\n').find((one, at) => at > 1 && one.length === 64);
  if (line === undefined) throw new Error('that is no key of the usual length');
  return line;
}

export async function intrude({ homes, pids, others, own }: Intrusion): Promise<Loot> {
  const files = await filesOf(homes, 'code');
  const all = { ...others, ...own };
  const finds = files
    .map((file) => ({ file, names: found(file.content, all) }))
    .filter(({ names }) => names.length > 0);
  const holders = finds.filter(({ names }) => names.some((name) => name in own)).map(({ file }) => file);
  const open = holders.filter(({ mode }) => (mode & 0o077) !== 0);
  return {
    wrong: [
      ...finds.flatMap(({ file, names }) =>
        names.filter((name) => name in others).map((name) => `${name} in ${file.name}`),
      ),
      ...open.map(({ name, mode }) => `a password in ${name}, which has the rights ${mode.toString(8)}`),
      ...huntProcesses(pids, all)
        .filter((one) => !isGiven(one))
        .map(({ secret, part, pid, uid }) => `${secret} in ${part} of process ${pid} of the user ${uid}`),
      ...keysIn(files),
    ],
    places: holders.map(({ name }) => name),
    tokens: files.flatMap(tokensIn),
  };
}

/**
 * Hosted code is given passwords of what it needs as its environment: PHP-FPM has it, under a user of its own, and so
 * has the sandbox around it, whose environment only root can read.
 */
function isGiven({ secret, part, pid, uid }: FoundInProcess): boolean {
  if (secret !== 'DB_PASSWORD' || part !== 'environ') return false;
  return uid >= unprivileged || /^\S*bwrap\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
}

/** Private keys are where processes keep their own, and belong to the certificate beside them. */
function keysIn(files: readonly HuntedFile[]): string[] {
  return files
    .filter(({ content }) => content.includes('PRIVATE KEY-----'))
    .flatMap((file) => {
      const { name, mode, content } = file;
      const expected = /^(agent|manager-\d+|host)\/identity\/key\.pem$/.exec(name)?.[1];
      if (expected === undefined) return [`a private key in ${name}`];
      if (mode !== 0o600) return [`${name} has the rights ${mode.toString(8)}`];
      const beside = files.find((one) => one.name === path.join(path.dirname(name), 'certificate.pem'));
      const leaf = new X509Certificate(splitPem(beside?.content.toString() ?? '')[0] ?? '');
      const isOwn = createPublicKey(createPrivateKey(content)).equals(leaf.publicKey);
      const kind = statedIdentity(leaf)?.kind;
      return isOwn && expected.startsWith(kind ?? '?') ? [] : [`${name} is the key of somebody else`];
    });
}

function tokensIn({ name, content }: HuntedFile): Token[] {
  if (!name.endsWith('bootstrap.json')) return [];
  const { token, director, deployment, roots } = JSON.parse(content.toString()) as Omit<Token, 'file'>;
  return [{ file: name, token, director, deployment, roots }];
}

/** Tries to become somebody with a token that was found. @throws ConpaasError what the director says */
export async function replay({ token, director, deployment, roots }: Token): Promise<unknown> {
  await using client = connect(directorMethods, {
    address: director,
    expect: { kind: 'director', deployment },
    roots: () => roots,
  });
  return await client.call('join', { token, csr: await createRequest(await generateKey()) });
}
