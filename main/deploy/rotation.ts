/**
 * Rotation of the root, guided, while everything runs: whoever has only the old root, only the new one, or both can
 * reach whom it needs at every moment. Each step looks at what is there, so a rotation that was cut short goes on.
 *
 *     new root      made, kept beside the old one
 *     accept both   the director trusts both, and so does everybody, told with their next certificate
 *     intermediate  signed by the new root: from now on the director issues under it
 *     leaves        of managers and agents, renewed under it; the owner's own is issued from the new root
 *     old root out  trusted by nobody any more
 */
import { X509Certificate } from 'node:crypto';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { signIntermediate } from '../authority/index.ts';
import type { DirectorClient } from './director.ts';
import { lifeOf } from './keyring.ts';
import type { Step, StepContext } from './progress.ts';
import { untilInUse } from './taken-up.ts';
import { certificateFile, requestFile, type UpContext, vmOf } from './up.ts';

type RotationContext = Pick<UpContext, 'keyring' | 'directors' | 'cloud' | 'deployment' | 'store' | 'now'>;

export function rotationSteps(context: RotationContext): Step[] {
  const { keyring, directors, deployment } = context;
  const { id } = deployment;

  /** Asked with what the vault has now: roots and the owner's certificate change on the way. */
  const director = async (): Promise<DirectorClient> => {
    await directors.forget(id);
    return directors.director(deployment);
  };
  /** The steps before the new root is adopted have nothing to do after it. */
  const before =
    (run: (next: { key: string; certificate: string }, step: StepContext) => Promise<void>) =>
    async (step: StepContext): Promise<void> => {
      const under = await keyring.rotation(id);
      if (under?.phase === 'accepting') await run(under.next, step);
      else step.detail('done before');
    };

  return [
    {
      name: 'root',
      title: 'Make the new root',
      run: async () => void (await keyring.beginRotation(id)),
    },
    {
      name: 'accept',
      title: 'Have everybody accept both roots',
      run: before(async (next, { signal, detail }) => {
        const old = await keyring.root(id);
        const client = await director();
        await client.call('set_roots', { roots: [old.certificate, next.certificate] }, { signal });
        detail('telling managers and agents');
        await renewAll(client, signal);
      }),
    },
    {
      name: 'intermediate',
      title: 'Sign a new intermediate',
      run: before(async (next, { signal, detail }) => {
        await using contact = await context.cloud.contact(vmOf(deployment), signal);
        const present = await contact.readFile(certificateFile, signal);
        let certificate = present;
        if (present === undefined || !isSignedBy(present, next.certificate)) {
          const request = await contact.readFile(requestFile, signal);
          if (request === undefined) throw new ConpaasError('not_found', 'The director has no request to sign.');
          certificate = await signIntermediate(next, request, id, { now: context.now(), epoch: deployment.epoch });
          await contact.writeFile(certificateFile, certificate, signal);
        }
        if (certificate === undefined) return;
        await context.store.update(id, { intermediate: lifeOf(certificate) });
        detail('waiting for the director to take it up');
        await untilInUse(await director(), certificate, signal);
      }),
    },
    {
      name: 'leaves',
      title: 'Renew all certificates',
      run: before(async (_next, { signal }) => {
        await renewAll(await director(), signal);
        await keyring.adoptNextRoot(id);
      }),
    },
    {
      name: 'remove',
      title: 'Stop trusting the old root',
      async run({ signal, detail }) {
        const root = await keyring.root(id);
        const client = await director();
        await client.call('set_roots', { roots: [root.certificate] }, { signal });
        detail('telling managers and agents');
        await renewAll(client, signal);
      },
    },
    {
      name: 'finish',
      title: 'Forget the old root',
      async run() {
        await keyring.endRotation(id);
        await directors.forget(id);
      },
    },
  ];
}

/** @throws ConpaasError unreachable, naming who could not */
async function renewAll(client: DirectorClient, signal: AbortSignal): Promise<void> {
  const { failed } = await client.call('renew_certificates', {}, { signal });
  if (failed.length === 0) return;
  throw new ConpaasError(
    'unreachable',
    `Not everybody could be reached: ${failed.map(({ identity }) => identity).join(', ')}. Both roots stay accepted. Repair or delete what is away, then retry.`,
    { retry: true, log: failed.map(({ identity, message }) => `${identity}: ${message}`) },
  );
}

function isSignedBy(certificate: string, root: string): boolean {
  return new X509Certificate(certificate).verify(new X509Certificate(root).publicKey);
}
