/** What somebody finds who is root on a machine of an application: a list of what must not be there. */

import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openVault } from '../../main/vault/index.ts';
import { type DeploymentId, directorMethods, toFailure } from '../../remote/core/contract/index.ts';
import { createRequest, generateKey, splitPem, statedIdentity } from '../../remote/core/identity/index.ts';
import { openJournal } from '../../remote/core/journal/index.ts';
import { connect } from '../../remote/core/rpc/index.ts';
import { SecretStore } from '../../remote/director/secrets.ts';
import { migrations } from '../../remote/director/store.ts';
import {
  type FoundInProcess,
  filesOf,
  found,
  type HuntedFile,
  huntProcesses,
  type Secrets,
  type SeenProcess,
} from '../support/hunt.ts';

export interface Machine {
  /** Directory with the homes of its control processes. */
  readonly homes: string;
  /** Its living processes. */
  readonly processes: readonly SeenProcess[];
  /** What else can be read of it: its first script, its console. */
  readonly texts?: Readonly<Record<string, string>>;
  /** A disk or a memory as a whole, in pieces: what was deleted is in it, too. */
  readonly whole?: Readonly<Record<string, () => AsyncIterable<Buffer>>>;
}

export interface Loot {
  /** What is wrong; empty: all is as it should be. */
  readonly wrong: readonly string[];
  /** What the director said to each token that was found and tried: never a certificate. */
  readonly refusals: readonly string[];
  /** Private files in which passwords of services are, for each machine: it does find what is there. */
  readonly places: readonly (readonly string[])[];
}

interface Intrusion extends Machine {
  /** What other machines and people have: nothing of it may be here. */
  readonly others: Secrets;
  /** Passwords of what runs here: in private files, and nowhere else. */
  readonly own: Secrets;
}

interface Token {
  readonly token: string;
  readonly director: { readonly host: string; readonly port: number };
  readonly deployment: DeploymentId;
  readonly roots: readonly string[];
}

/** Users of roles are not below; root and people are. */
const unprivileged = 65_536;

/** The line of a key's PEM that no other key has; OpenSSH's lines have 70 letters, and the first of them are of all keys. */
function keyNeedle(pem: string): string {
  const line = pem.split('\n').findLast((one, at) => at > 1 && (one.length === 64 || one.length === 70));
  if (line === undefined) throw new Error('that is no key of the usual length');
  return line;
}

/**
 * Goes through all machines of an application with MySQL, as root on each, and tries what it finds.
 * @param options.desktop data directory of the desktop
 * @param options.director home of the director
 */
export async function intrude(options: {
  readonly desktop: string;
  readonly director: string;
  readonly machines: readonly Machine[];
  /** Where it is reached from here; absent: at the address that machines know. */
  readonly reached?: { readonly host: string; readonly port: number };
}): Promise<Loot> {
  const { machines, director, reached } = options;
  const keys = await keysOf(options);
  const { 'db-root': root = '', ...shared } = await passwordsOf(director);
  const wrong: string[] = [];
  const refusals: string[] = [];
  const places: string[][] = [];
  for (const machine of machines) {
    const others = Object.fromEntries(Object.entries(keys).filter(([name]) => !name.endsWith(placeOf(machine))));
    if (Object.keys(others).length === Object.keys(keys).length) throw new Error('it has a key of its own');
    const database = existsSync(path.join(machine.homes, 'agent/nodes/db-mysql-1'));
    const secrets = database ? { others, own: { root, ...shared } } : { others: { ...others, root }, own: shared };
    const seen = await lookAround({ ...machine, ...secrets });
    wrong.push(...seen.wrong);
    places.push(seen.places);
    for (const token of seen.tokens) refusals.push(await replay({ ...token, director: reached ?? token.director }));
  }
  return { wrong, refusals, places };
}

/** How names of keys end that are a machine's own. */
const placeOf = ({ homes }: Machine): string => ` in ${homes}`;

/** A line of each key that is somebody's: of the desktop, the director, and every machine. */
async function keysOf(options: {
  readonly desktop: string;
  readonly director: string;
  readonly machines: readonly Machine[];
}): Promise<Record<string, string>> {
  const { desktop, director, machines } = options;
  const keys: Record<string, string> = { 'key of secrets': await readFile(path.join(director, 'secrets.key'), 'utf8') };
  const intermediate = await readFile(path.join(director, 'identity/intermediate.key'), 'utf8');
  keys['key of the intermediate'] = keyNeedle(intermediate);
  for (const machine of machines) {
    for (const name of await readdir(machine.homes)) {
      const file = path.join(machine.homes, name, 'identity/key.pem');
      if (/^(agent|manager-\d+|host)$/.test(name) && existsSync(file))
        keys[`key of the ${name}${placeOf(machine)}`] = keyNeedle(await readFile(file, 'utf8'));
    }
  }
  using vault = await openVault(desktop, { kind: 'keyfile' });
  for (const name of await vault.list()) {
    const kept = pemsIn(JSON.parse((await vault.get(name)) ?? '{}'));
    for (const [at, key] of kept.entries()) keys[`key ${at + 1} of ${name}`] = keyNeedle(key);
  }
  if (Object.keys(keys).length < 5 + machines.length)
    throw new Error('the vault has keys of root and owner, and a machine that of a manager');
  return keys;
}

/** Private keys, wherever they are in what the vault keeps. */
function pemsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('PRIVATE KEY-----') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pemsIn) : [];
}

/** Passwords of an application's services, by their names at the director. */
async function passwordsOf(director: string): Promise<Record<string, string>> {
  // A copy: SQLite goes by real paths, which lead out of a container.
  const copy = await mkdtemp(path.join(os.tmpdir(), 'conpaas-copy-'));
  await using _removed = { [Symbol.asyncDispose]: () => rm(copy, { recursive: true, force: true }) };
  for (const name of ['director.db', 'director.db-wal'])
    await copyFile(path.join(director, name), path.join(copy, name));
  using journal = openJournal({ path: path.join(copy, 'director.db'), name: 'intruder', migrations });
  const secrets = await SecretStore.open(journal, path.join(director, 'secrets.key'));
  const kept = journal.read((db) => db.prepare('SELECT application, name FROM secret').all());
  const all = kept.flatMap(({ application, name }) => Object.entries(secrets.get(String(application), [String(name)])));
  const passwords = Object.fromEntries(all);
  if (!passwords['db-root'] || !passwords['DB_PASSWORD']) throw new Error('there are passwords of MySQL');
  return passwords;
}

async function lookAround({ homes, processes, texts = {}, whole = {}, others, own }: Intrusion) {
  const files = await filesOf(homes, 'code');
  const all = { ...others, ...own };
  const finds = files
    .map((file) => ({ file, names: found(file.content, all) }))
    .filter(({ names }) => names.length > 0);
  const holders = finds.filter(({ names }) => names.some((name) => name in own)).map(({ file }) => file);
  const open = holders.filter(({ mode }) => (mode & 0o077) !== 0);
  const inWhole: string[] = [];
  for (const [name, pieces] of Object.entries(whole)) {
    for await (const piece of pieces()) inWhole.push(...found(piece, others).map((secret) => `${secret} in ${name}`));
  }
  return {
    wrong: [
      ...new Set(inWhole),
      ...finds.flatMap(({ file, names }) =>
        names.filter((name) => name in others).map((name) => `${name} in ${file.name}`),
      ),
      ...open.map(({ name, mode }) => `a password in ${name}, which has the rights ${mode.toString(8)}`),
      ...Object.entries(texts).flatMap(([name, text]) => [
        ...found(text, all).map((secret) => `${secret} in ${name}`),
        ...(text.includes('PRIVATE KEY-----') ? [`a private key in ${name}`] : []),
      ]),
      ...huntProcesses(processes, all)
        .filter((one) => !isGiven(one))
        .map(({ secret, part, process: { pid, uid } }) => `${secret} in ${part} of process ${pid} of the user ${uid}`),
      ...keysIn(files),
    ],
    places: holders.map(({ name }) => name),
    tokens: [
      ...files.filter(({ name }) => name.endsWith('bootstrap.json')).map(({ content }) => content.toString()),
      ...Object.values(texts).flatMap(listsIn),
    ].flatMap(tokensIn),
  };
}

/**
 * Hosted code is given passwords of what it needs as its environment: PHP-FPM has it, under a user of its own, and so
 * has the sandbox around it, whose environment only root can read.
 */
function isGiven({ secret, part, process: { uid, cmdline } }: FoundInProcess): boolean {
  if (secret !== 'DB_PASSWORD' || part !== 'environ') return false;
  return uid >= unprivileged || /^\S*bwrap\0/.test(cmdline.toString('latin1'));
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

/** Lists of processes as first scripts carry them: compressed, in a block of base64. */
function listsIn(text: string): string[] {
  return [...text.matchAll(/<<'END' \| gzip -d [^\n]*\n([\s\S]*?)\nEND\n/g)].map(([, block = '']) =>
    gunzipSync(Buffer.from(block, 'base64')).toString(),
  );
}

/** Whatever joins says by which token: a process in its own file, all of them in a list. */
function tokensIn(text: string): Token[] {
  const given = JSON.parse(text) as Token & {
    readonly processes?: readonly { readonly bootstrap: Token }[];
    readonly follow?: Token;
  };
  const all = [
    given,
    ...(given.processes ?? []).map(({ bootstrap }) => bootstrap),
    ...(given.follow ? [given.follow] : []),
  ];
  return all.filter(({ token }) => token !== undefined);
}

/** Tries to become somebody with a token that was found. @returns what the director says against it */
async function replay({ token, director, deployment, roots }: Token): Promise<string> {
  await using client = connect(directorMethods, {
    address: director,
    expect: { kind: 'director', deployment },
    roots: () => roots,
  });
  try {
    await client.call('join', { token, csr: await createRequest(await generateKey()) });
    return 'it has given a certificate';
  } catch (error) {
    return toFailure(error).message;
  }
}
