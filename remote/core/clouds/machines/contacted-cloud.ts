/** A cloud without a way of its own into machines: whoever brings SSH gets in at first; others follow their lists. */
import type { Cloud } from '../cloud.ts';
import type { Contact } from './contact.ts';
import { createMachineCloud } from './machine-cloud.ts';
import type { ProgramSource } from './programs.ts';
import type { Provider } from './provider.ts';
import type { Transport } from './transport.ts';

/** The way into machines of a provider, at their addresses. */
export function contactTransport(provider: Provider, contact: Contact): Transport {
  return contact.transport(async (server, signal) => {
    const found = (await provider.listServers(signal)).find(({ id }) => id === server);
    if (!found || found.state === 'gone') return undefined;
    // From outside; in a network of the user's own by its address there.
    const host = found.state === 'running' ? (found.publicAddress ?? found.privateAddress) : undefined;
    return { name: found.name, host, patience: await provider.patience?.(signal) };
  });
}

/** @param source with a way into machines it copies programs there; a director's machines fetch them and follow lists */
export function createContactedCloud(provider: Provider, source: ProgramSource): Cloud {
  const contact = source.kind === 'copy' ? source.contact : undefined;
  const transport = contact && contactTransport(provider, contact);
  return createMachineCloud({ provider, transport, contact, source });
}
