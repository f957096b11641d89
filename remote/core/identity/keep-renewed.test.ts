import { beforeAll, describe, expect, it } from 'vitest';
import { ConpaasError } from '../contract/errors.ts';
import type { Credentials } from './credentials.ts';
import { createTrust, type Trust } from './fixtures.ts';
import { lifeOf } from './join.ts';
import { keepRenewed, renewalTime } from './keep-renewed.ts';

let trust: Trust;
beforeAll(async () => {
  trust = await createTrust('d-one');
});

/** Credentials that are due in `ms`, by a clock that stands. */
async function dueIn(ms: number): Promise<{ credentials: Credentials; now: () => number }> {
  const credentials = await trust.credentials(trust.identities.agent);
  const start = renewalTime(lifeOf(credentials.certificate), 0.5) - ms;
  const begun = performance.now();
  return { credentials, now: () => start + (performance.now() - begun) };
}

describe('keeping a certificate fresh', () => {
  it('renews when it is due, hands the new one on, and waits for the next time', async () => {
    const { credentials, now } = await dueIn(50);
    const fresh = await trust.credentials(trust.identities.agent, { now: now() });
    let asked = 0;
    const renewed = await new Promise<Credentials>((resolve, reject) => {
      const keeping = keepRenewed({
        credentials,
        now,
        jitter: () => 0.5,
        log: reject,
        renew: async (current) => {
          asked += 1;
          expect(current).toBe(credentials);
          expect(now()).toBeGreaterThanOrEqual(renewalTime(lifeOf(credentials.certificate), 0.5));
          return fresh;
        },
        onRenewed: (given) => void keeping[Symbol.asyncDispose]().then(() => resolve(given)),
      });
    });
    expect(renewed).toBe(fresh);
    expect(asked).toBe(1);
  });

  it('tries again after a failure, and says why', async () => {
    const { credentials, now } = await dueIn(0);
    const fresh = await trust.credentials(trust.identities.agent, { now: now() });
    const lines: string[] = [];
    let asked = 0;
    await new Promise<void>((resolve) => {
      const keeping = keepRenewed({
        credentials,
        now,
        jitter: () => 0,
        log: (line) => lines.push(line),
        renew: async () => {
          asked += 1;
          if (asked === 1) throw new ConpaasError('unreachable', 'The director is away.');
          return fresh;
        },
        onRenewed: () => void keeping[Symbol.asyncDispose]().then(resolve),
      });
    });
    expect(asked).toBe(2);
    expect(lines).toEqual(['The certificate could not be renewed: The director is away.']);
  });

  it('stops in the middle of a renewal', async () => {
    const { credentials, now } = await dueIn(0);
    let begun: () => void = () => undefined;
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const keeping = keepRenewed({
      credentials,
      now,
      jitter: () => 0.5,
      log: () => expect.unreachable(),
      onRenewed: () => expect.unreachable(),
      renew: (_current, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          begun();
        }),
    });
    await beginning;
    await keeping[Symbol.asyncDispose]();
  });
});
