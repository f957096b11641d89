import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type CloudKind, cloudKinds } from '../../../remote/core/clouds/index.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import {
  checkCredential,
  credentialInfo,
  findAws,
  findOpenStack,
  openCredentialStore,
  type Proposal,
} from '../../credentials/index.ts';
import type { CloudKindInfo, cloudCalls, ProposalInfo } from '../calls/clouds.ts';
import type { Directors } from '../directors.ts';
import type { VaultKeeper } from '../vault/keeper.ts';
import type { SubjectHandlers } from '../window-port.ts';

function describeKind(known: CloudKind): CloudKindInfo {
  const { kind, title, description, onComputer = false, several = false, credentials } = known;
  return {
    kind,
    title,
    description,
    onComputer,
    several,
    ...(credentials ? { schema: z.toJSONSchema(credentials) } : {}),
  };
}

export function cloudHandlers(keeper: VaultKeeper, directors: Directors): SubjectHandlers<typeof cloudCalls> {
  /** What was found last, with its secrets: the page knows it by ids. */
  const proposals = new Map<string, Proposal>();
  const store = async () => openCredentialStore((await keeper.open()).vault);

  const told = (proposal: Proposal): ProposalInfo => {
    const id = randomUUID();
    const { name, kind, from } = proposal;
    const known = cloudKinds.some((one) => one.kind === kind);
    const unsupported =
      'unsupported' in proposal
        ? proposal.unsupported
        : known
          ? undefined
          : `This version of ConPaaS has no driver for clouds of the kind ${kind}.`;
    if (unsupported === undefined) proposals.set(id, proposal);
    return { id, name, kind, from, notes: 'notes' in proposal ? proposal.notes : [], unsupported };
  };

  return {
    set_up: async (placement) => {
      if (!cloudKinds.some(({ kind }) => kind === placement.kind)) {
        throw new ConpaasError('invalid_request', `There is no kind of cloud called ${placement.kind}.`);
      }
      return { director: await directors.add(placement) };
    },
    add_director_cloud: async (place, { window, signal }) => {
      const { deployments } = await keeper.open();
      await deployments.addCloud({ ...place, deployment: directors.chosen(window), signal });
      return null;
    },
    remove_director_cloud: async ({ name }, { window, signal }) => {
      const { deployments } = await keeper.open();
      await deployments.removeCloud({ deployment: directors.chosen(window), name, signal });
      return null;
    },
    list_cloud_kinds: async () => cloudKinds.map(describeKind),
    list_credentials: async () => (await (await store()).list()).map((one) => credentialInfo(one)),
    check_credential: async (given, { signal }) => {
      const { offers } = await checkCredential('id' in given ? await (await store()).get(given.id) : given, signal);
      return { offers };
    },
    add_credential: async ({ name, kind, fields }, { signal }) => {
      await checkCredential({ kind, fields }, signal);
      return credentialInfo(await (await store()).add({ name, kind, fields }));
    },
    remove_credential: async ({ id }) => {
      const used = (await (await keeper.open()).deployments.list()).find(({ cloud, clouds = [] }) =>
        [cloud, ...clouds].some((one) => one.credential === id || one.lent === id),
      );
      if (used) throw new ConpaasError('conflict', `${used.name} runs with this credential. Destroy it first.`);
      await (await store()).remove(id);
      return null;
    },
    find_credentials: async () => {
      proposals.clear();
      const found = await Promise.all([findAws(), findOpenStack()]);
      return found.flat().map(told);
    },
    take_credential: async ({ id, name }, { signal }) => {
      const proposal = proposals.get(id);
      if (!proposal || !('fields' in proposal)) {
        throw new ConpaasError('not_found', 'This was found too long ago. Look for credentials again.');
      }
      await checkCredential(proposal, signal);
      return credentialInfo(await (await store()).add({ ...proposal, name }));
    },
  };
}
