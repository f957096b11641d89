import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { DeploymentId, newId } from '../../remote/core/contract/ids.ts';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import { createIntermediateRequest, generateCaKey, serialOf } from '../../remote/core/identity/index.ts';
import { createRoot, signIntermediate } from '../authority/index.ts';
import { untilInUse } from './taken-up.ts';

test('an intermediate counts once the director issues with it, and one that it never takes up is a failure', async () => {
  const deployment = DeploymentId.parse(newId('d'));
  const root = await createRoot();
  const certificate = await signIntermediate(root, await createIntermediateRequest(await generateCaKey()), deployment);
  const serial = serialOf(new X509Certificate(certificate));
  const of = (serials: readonly string[]): CertificateInfo[] =>
    serials.map((one) => ({
      serial: one,
      kind: 'intermediate',
      identity: deployment,
      notBefore: 0,
      notAfter: 1,
      state: 'valid',
    }));
  const answers: (readonly string[])[] = [['aa'], [], [serial, 'aa'], ['aa', serial]];
  let asked = 0;
  /** A director that says so; beyond what it says nothing of it counts here. */
  const saying = { call: async () => of(answers[asked++] ?? ['aa', serial]) } as unknown as Parameters<
    typeof untilInUse
  >[0];
  const { signal } = new AbortController();
  await untilInUse(saying, certificate, signal);
  expect(asked).toBe(3);
  // Known, but not the one in use.
  await expect(untilInUse(saying, certificate, signal, 120)).rejects.toMatchObject({
    failure: { code: 'deadline_exceeded', retry: true },
  });
});
