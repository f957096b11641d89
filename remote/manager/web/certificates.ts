/**
 * Keeps every domain of the application certified: asks for certificates, renews them in time, tries again with growing
 * pauses, and knows how each stands. Certificates and keys are secrets at the director; failures are kept in a file.
 */
import { createPublicKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type DomainInfo, webSecretPrefix } from '../../core/contract/domains.ts';
import { ConpaasError, toFailure, traceOf } from '../../core/contract/errors.ts';
import { Changed, waitFor } from '../../core/events/index.ts';
import { generateKey } from '../../core/identity/index.ts';
import type { WebService } from '../../core/service/manager.ts';
import type { DesiredService, DesiredState } from '../../core/service/state.ts';
import {
  type Challenge,
  certificateFacts,
  HttpsSettings,
  type ServiceWeb,
  WebCertificate,
} from '../../core/web/index.ts';
import type { DirectorClient } from '../director-client.ts';
import { accountSecret, type OrderRequest } from './acme.ts';
import { readAttempts, writeAttempts } from './attempts-file.ts';
import { type Attempts, nextAttemptAt, pauseAfter, settingsKey, sourceOf } from './schedule.ts';

export interface WebCertificatesOptions {
  readonly director: Pick<DirectorClient, 'call'>;
  readonly desired: { readonly state: DesiredState; readonly changed: Changed };
  /** What the proxies of a service answer for now; undefined: none is running. */
  served(service: DesiredService): WebService | undefined;
  /** Notified when `served` may have changed. */
  readonly servedChanged: Changed;
  /** Gets a certificate from an ACME authority. */
  order(request: OrderRequest): Promise<{ chain: string; key: string }>;
  /** Tells the user. */
  notice(text: string): void;
  /** File for the attempts that have failed. */
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  log(line: string): void;
}

interface Name {
  readonly service: DesiredService;
  readonly name: string;
}

/** So many certificates are asked for at the same time. */
const parallel = 4;
/** Timers of longer than this are set again: clocks are changed, and machines sleep. Milliseconds. */
const longestWait = 3_600_000;
/** The proxies take up a challenge within this time, milliseconds. */
const presentMs = 60_000;

export class WebCertificates {
  /** Certificates or challenges are others than before: nodes must be told. */
  readonly changed = new Changed();
  readonly #options: WebCertificatesOptions;
  readonly #now: () => number;
  readonly #wake = new Changed();
  /** By secret; null: there is none. */
  readonly #held = new Map<string, WebCertificate | null>();
  #attempts: Record<string, Attempts> = {};
  readonly #asked = new Set<string>();
  readonly #busy = new Set<string>();
  /** Challenges being answered, by service. */
  readonly #challenges = new Map<string, readonly Challenge[]>();
  /** The secrets that the director was last told to keep. */
  #kept: string | undefined;

  constructor(options: WebCertificatesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** What the proxies of a service need; undefined: not known yet, so that they keep what they have. */
  of(service: DesiredService): ServiceWeb | undefined {
    const held = service.domains.map((name) => this.#held.get(secretOf({ service, name })));
    if (held.includes(undefined)) return undefined;
    const certificates = held.filter((one) => one !== null && one !== undefined);
    return { certificates, challenges: this.#challenges.get(service.id) ?? [] };
  }

  /** How every domain of these services stands. */
  list(services: readonly DesiredService[]): DomainInfo[] {
    return services.flatMap((service) => {
      const served = this.#options.served(service);
      return service.domains.map((name) => this.#info({ service, name }, served));
    });
  }

  /** Asks for a new certificate now. */
  renew(service: DesiredService, name: string): void {
    this.#asked.add(secretOf({ service, name }));
    this.#wake.notify();
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { desired, log } = this.#options;
    this.#attempts = await readAttempts(this.#options.file, log);
    for (let pause = 100; !signal.aborted; ) {
      const seen = [desired.changed.generation, this.#wake.generation] as const;
      let wait = longestWait;
      try {
        await this.#load(signal);
        wait = this.#start(signal);
        pause = 100;
      } catch (error) {
        if (signal.aborted) return;
        log(`certificates: ${toFailure(error).message}`);
        wait = pause;
        pause = Math.min(pause * 2, 5_000);
      }
      const stop = new AbortController();
      const any = AbortSignal.any([signal, stop.signal]);
      await Promise.race([
        desired.changed.next(seen[0], any),
        this.#wake.next(seen[1], any),
        delay(wait, undefined, { signal: any, ref: false }),
      ]).catch(() => undefined); // we are ending
      stop.abort();
    }
  }

  /** The clock was changed (by a test), or something that only we cannot see: look again. */
  wake(): void {
    this.#wake.notify();
  }

  #names(): Name[] {
    return this.#options.desired.state.services.flatMap((service) =>
      service.domains.map((name) => ({ service, name })),
    );
  }

  /** Fetches what is at the director of the names that are new here, and has the rest deleted. */
  async #load(signal: AbortSignal): Promise<void> {
    const { director, log } = this.#options;
    const names = this.#names();
    const wanted = new Set(names.map(secretOf));
    const unknown = [...wanted].filter((secret) => !this.#held.has(secret));
    for (let from = 0; from < unknown.length; from += 100) {
      const some = unknown.slice(from, from + 100);
      const values = await director.call('get_secrets', { names: some }, { signal });
      for (const secret of some) this.#held.set(secret, parseHeld(values[secret], log));
    }
    if (unknown.length > 0) this.changed.notify();
    for (const secret of this.#held.keys()) if (!wanted.has(secret)) this.#held.delete(secret);
    const keep = [...wanted, ...new Set(names.map(({ service }) => accountSecret(settingsOf(service).acme_directory)))];
    const key = JSON.stringify(keep);
    if (key === this.#kept) return;
    if (names.length > 0 || this.#kept !== undefined)
      await director.call('keep_web_secrets', { names: keep }, { signal });
    this.#kept = key;
  }

  /** Starts what is due. @returns milliseconds until something else will be */
  #start(signal: AbortSignal): number {
    let wait = longestWait;
    for (const name of this.#names()) {
      const secret = secretOf(name);
      if (this.#busy.has(secret) || this.#busy.size >= parallel) continue;
      const settings = settingsOf(name.service);
      const at = nextAttemptAt(this.#stateOf(secret), settings);
      if (at === undefined) continue;
      const left = at - this.#now();
      if (left > 0) {
        wait = Math.min(wait, left);
        continue;
      }
      this.#busy.add(secret);
      void this.#attempt(name, settings, signal).finally(() => {
        this.#busy.delete(secret);
        this.#wake.notify();
      });
    }
    return wait;
  }

  #stateOf(secret: string) {
    return {
      certificate: this.#held.get(secret) ?? undefined,
      attempts: this.#attempts[secret],
      asked: this.#asked.has(secret),
    };
  }

  async #attempt(name: Name, settings: HttpsSettings, signal: AbortSignal): Promise<void> {
    const { director, log, notice } = this.#options;
    const secret = secretOf(name);
    this.#asked.delete(secret);
    const source = sourceOf(settings);
    try {
      const { chain, key } = await (source === 'own' ? this.#issue(name, signal) : this.#order(name, settings, signal));
      const certificate = WebCertificate.parse({ name: name.name, chain, key, source });
      await director.call(
        'put_secret',
        { name: secret, value: JSON.stringify(certificate), unlessSet: false },
        { signal },
      );
      this.#held.set(secret, certificate);
      delete this.#attempts[secret];
      log(`${name.name} has a new certificate`);
      this.changed.notify();
    } catch (error) {
      if (signal.aborted) return;
      const failure = toFailure(error);
      if (failure.code === 'internal') log(`${name.name}: ${traceOf(error)}`);
      const key = settingsKey(settings);
      const before = this.#attempts[secret];
      const count = before?.settings === key ? before.count + 1 : 1;
      const retryAt =
        failure.retry === false ? undefined : this.#now() + pauseAfter(count, source, leastPauseOf(error));
      this.#attempts[secret] = { count, failure, settings: key, ...(retryAt === undefined ? {} : { retryAt }) };
      if (count === 1) notice(`${name.name} of ${name.service.name} has got no certificate. ${failure.message}`);
    }
    await this.#writeAttempts().catch((error: unknown) => log(`attempts were not kept: ${traceOf(error)}`));
  }

  async #issue({ name }: Name, signal: AbortSignal): Promise<{ chain: string; key: string }> {
    const key = await generateKey();
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
    const { chain } = await this.#options.director.call('issue_web_certificate', { name, publicKey }, { signal });
    return { chain, key };
  }

  #order({ name, service }: Name, settings: HttpsSettings, signal: AbortSignal) {
    const { director, order } = this.#options;
    return order({
      name,
      settings,
      // The first key that is stored is the account's, whoever made it.
      accountKey: async (fresh) => {
        const secret = accountSecret(settings.acme_directory);
        return (await director.call('put_secret', { name: secret, value: fresh, unlessSet: true }, { signal })).value;
      },
      present: (challenge) => this.#present(service, challenge, signal),
      signal,
    });
  }

  /** Has all proxies answer a challenge. @returns what ends it */
  async #present(service: DesiredService, challenge: Challenge, signal: AbortSignal): Promise<() => void> {
    const { served, servedChanged, desired } = this.#options;
    const change = (make: (before: readonly Challenge[]) => readonly Challenge[]) => {
      this.#challenges.set(service.id, make(this.#challenges.get(service.id) ?? []));
      this.changed.notify();
    };
    change((before) => [...before, challenge]);
    const end = () => change((before) => before.filter(({ token }) => token !== challenge.token));
    const isAnswered = () => {
      const now = desired.state.services.find(({ id }) => id === service.id);
      return now && served(now)?.challenges.includes(challenge.token) ? true : undefined;
    };
    try {
      await waitFor(servedChanged, isAnswered, AbortSignal.any([signal, AbortSignal.timeout(presentMs)]));
    } catch (error) {
      end();
      signal.throwIfAborted();
      throw new ConpaasError(
        'engine_failed',
        `The proxies of ${service.name} do not answer the question of the certificate authority. Start the service, and see its nodes.`,
        { retry: true, cause: toFailure(error) },
      );
    }
    return end;
  }

  #info(name: Name, served: WebService | undefined): DomainInfo {
    const { service } = name;
    const secret = secretOf(name);
    const settings = settingsOf(service);
    const { certificate, ...state } = this.#stateOf(secret);
    const facts = certificate && certificateFacts(certificate.chain);
    const failed = state.attempts?.settings === settingsKey(settings) ? state.attempts.failure : undefined;
    const next = this.#busy.has(secret) ? undefined : nextAttemptAt({ certificate, ...state }, settings);
    const isServed = facts !== undefined && served?.certificates[name.name] === facts.fingerprint;
    const port = served?.https?.port;
    return {
      service: service.name,
      name: name.name,
      source: sourceOf(settings),
      state: stateOf(facts, isServed, failed !== undefined, this.#now()),
      ...(isServed && port !== undefined ? { url: `https://${name.name}${port === 443 ? '' : `:${port}`}` } : {}),
      ...(facts ? { certificate: { issuer: facts.issuer, notBefore: facts.notBefore, notAfter: facts.notAfter } } : {}),
      ...(next === undefined || next === 0 ? {} : { nextAttemptAt: next }),
      ...(failed ? { failure: failed } : {}),
    };
  }

  #writeAttempts(): Promise<void> {
    const wanted = new Set(this.#names().map(secretOf));
    for (const secret of Object.keys(this.#attempts)) if (!wanted.has(secret)) delete this.#attempts[secret];
    return writeAttempts(this.#options.file, this.#attempts);
  }
}

function secretOf({ service, name }: Name): string {
  return `${webSecretPrefix}${service.id}/${name}`;
}

function settingsOf(service: DesiredService): HttpsSettings {
  const given = HttpsSettings.safeParse(service.configuration);
  return given.success ? given.data : HttpsSettings.parse({});
}

function stateOf(
  facts: { readonly notAfter: number } | undefined,
  isServed: boolean,
  hasFailed: boolean,
  now: number,
): DomainInfo['state'] {
  if (!facts) return hasFailed ? 'failed' : 'waiting';
  if (facts.notAfter <= now) return 'expired';
  return isServed ? 'valid' : 'installing';
}

/** Milliseconds that an authority wants to be left alone. */
function leastPauseOf(error: unknown): number {
  return error instanceof Error && 'leastPauseMs' in error && typeof error.leastPauseMs === 'number'
    ? error.leastPauseMs
    : 0;
}

function parseHeld(text: string | undefined, log: (line: string) => void): WebCertificate | null {
  if (text === undefined) return null;
  try {
    return WebCertificate.parse(JSON.parse(text));
  } catch (error) {
    log(`a stored certificate cannot be read, another is asked for: ${traceOf(error)}`);
    return null;
  }
}
