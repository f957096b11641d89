import { X509Certificate } from 'node:crypto';
import { newId, OperationId } from '../../../remote/core/contract/ids.ts';
import { writeFileAtomic } from '../../../remote/core/files/index.ts';
import { notAfter, serialOf } from '../../../remote/core/identity/index.ts';
import { toPkcs12, trustSteps } from '../../authority/index.ts';
import { acceptHandOver, createHandOver } from '../../transfer/index.ts';
import type { securityCalls } from '../calls/security.ts';
import type { Directors } from '../directors.ts';
import type { Offers } from '../offers.ts';
import { readSealed } from '../vault/handlers.ts';
import type { VaultKeeper } from '../vault/keeper.ts';
import type { HubCall, SubjectHandlers } from '../window-port.ts';

/** What the certificate of the authority for websites is saved as. */
const authorityFile = 'conpaas-websites.pem';

export function securityHandlers(
  keeper: VaultKeeper,
  directors: Directors,
  offers: Offers,
): SubjectHandlers<typeof securityCalls> {
  /** The deployment that the window shows. */
  const shown = async ({ connected }: HubCall) => {
    const { facts } = await connected();
    return { ...(await keeper.open()), name: facts.id, user: facts.user };
  };

  return {
    own_identity: async (_params, call) => {
      const { deployments, name, user } = await shown(call);
      const { certificate, holdsRoot, rotating } = await deployments.ownCertificate(name);
      const leaf = new X509Certificate(certificate);
      return { user, serial: serialOf(leaf), notAfter: notAfter(leaf), holdsRoot, rotating };
    },
    renew_intermediate: async (_params, call) => {
      const { deployments, name } = await shown(call);
      await deployments.renewIntermediate(name, call.signal);
      return null;
    },
    rotate_root: async (_params, call) => {
      const { deployments, name, user } = await shown(call);
      const hub = await directors.of(call.window);
      let operation = OperationId.parse(newId('op'));
      // It goes on when the window that asked for it is closed; it ends with the hub, and goes on in the next one.
      await new Promise<void>((resolve, reject) => {
        deployments
          .rotateRoot({
            deployment: name,
            signal: hub.closing,
            onOperation: (progress) => {
              operation = progress.id;
              hub.showOperation({ ...progress, requestedBy: user, cancellable: false, retryable: false });
              resolve();
            },
          })
          // Its failure is shown by the operation; one before there is an operation is the answer.
          .then(resolve, reject);
      });
      return { operation };
    },
    export_certificate: async ({ serial, target }, { connected, signal }) => {
      const { director } = await connected();
      const { certificate } = await director.call('get_certificate', { serial }, { signal });
      await writeFileAtomic(offers.target(target), certificate);
      return null;
    },
    export_own_key: async ({ passphrase, target }, call) => {
      const { deployments, name, user } = await shown(call);
      const credentials = await deployments.ownCredentials(name);
      await writeFileAtomic(offers.target(target), await toPkcs12(credentials, passphrase, `${user} at ConPaaS`));
      return null;
    },
    create_hand_over: async ({ target, ...request }, call) => {
      const { deployments, name } = await shown(call);
      const text = await createHandOver(deployments, { deployment: name, ...request }, call.signal);
      await writeFileAtomic(offers.target(target), text);
      return null;
    },
    web_authority: async (_params, { connected, signal }) => {
      const { director } = await connected();
      const { certificate: _pem, ...facts } = await director.call('get_web_authority', {}, { signal });
      return { ...facts, fileName: authorityFile, steps: trustSteps(authorityFile) };
    },
    export_web_authority: async ({ target }, { connected, signal }) => {
      const { director } = await connected();
      const { certificate } = await director.call('get_web_authority', {}, { signal });
      await writeFileAtomic(offers.target(target), certificate, 0o644);
      return null;
    },
    accept_hand_over: async ({ ticket, passphrase }) => {
      const { deployments } = await keeper.open();
      const { id, name } = await acceptHandOver(deployments, await readSealed(offers.path(ticket)), passphrase);
      await directors.refresh();
      return { director: id, name };
    },
  };
}
