/** The authority for websites: made at its first use, kept in `identity/` of the director's home (0600). */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { directorMethods } from '../core/contract/director.ts';
import { type directorWebMethods, webSecretPrefix } from '../core/contract/domains.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { DeploymentId } from '../core/contract/ids.ts';
import type { Handlers } from '../core/contract/method.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import { createWebAuthority, generateCaKey, openWebAuthority, type WebAuthority } from '../core/identity/index.ts';
import { privateSuffixes } from '../core/web/index.ts';
import type { Director } from './director.ts';
import { managedApplication } from './manager-handlers.ts';

/** Opens the authority when it is first asked for: most deployments have no domains, and the key takes a while. */
export function lazyWebAuthority(home: string, deployment: DeploymentId): () => Promise<WebAuthority> {
  let opening: Promise<WebAuthority> | undefined;
  return () => {
    opening ??= open(home, deployment).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

async function open(home: string, deployment: DeploymentId): Promise<WebAuthority> {
  const file = (name: string) => path.join(home, 'identity', name);
  if (!existsSync(file('web.key'))) await writeFileAtomic(file('web.key'), await generateCaKey());
  const key = await readFile(file('web.key'), 'utf8');
  if (!existsSync(file('web.pem'))) await writeFileAtomic(file('web.pem'), await createWebAuthority(key, deployment));
  return openWebAuthority(key, await readFile(file('web.pem'), 'utf8'));
}

export function webHandlers(
  director: Director,
): Pick<Handlers<typeof directorMethods>, keyof typeof directorWebMethods> {
  const { states, secrets, webAuthority } = director;
  return {
    get_web_authority: async () => {
      const { certificate } = await webAuthority();
      const parsed = new X509Certificate(certificate);
      return {
        certificate,
        notAfter: Date.parse(parsed.validTo),
        fingerprint: parsed.fingerprint256,
        suffixes: [...privateSuffixes],
      };
    },
    issue_web_certificate: async ({ name, publicKey }, call) => {
      const { record } = managedApplication(director, call);
      const document = states.get(record.id)?.document as { services?: { domains?: string[] }[] } | null | undefined;
      if (!document?.services?.some(({ domains }) => domains?.includes(name))) {
        throw new ConpaasError('forbidden', `No service of ${record.name} has the domain ${name}.`);
      }
      return { chain: await (await webAuthority()).issue(name, publicKey) };
    },
    keep_web_secrets: async ({ names }, call) => {
      const { record } = managedApplication(director, call);
      for (const { name } of secrets.list(record.id)) {
        if (name.startsWith(webSecretPrefix) && !names.includes(name)) await secrets.delete(record.id, name);
      }
      return {};
    },
  };
}
