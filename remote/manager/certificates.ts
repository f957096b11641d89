/** Certificates of an application renewed at once: its manager's, and those of its agents. */
import { toFailure } from '../core/contract/errors.ts';
import type { VmId } from '../core/contract/ids.ts';
import type { Manager } from './manager.ts';

/** An agent asks the director for its certificate; it may be busy, milliseconds. */
const agentMs = 20_000;

/**
 * @param which.own the manager's own too
 * @param which.vms machines whose agents renew theirs; all that belong to the application where absent
 * @returns who could not, and why
 */
export async function renewCertificates(
  manager: Pick<Manager, 'agents' | 'observed' | 'renewCertificate'>,
  which: { readonly own: boolean; readonly vms?: readonly VmId[] | undefined },
  signal: AbortSignal,
): Promise<{ failed: { vm?: string; message: string }[] }> {
  const failed: { vm?: string; message: string }[] = [];
  if (which.own) {
    try {
      await manager.renewCertificate();
    } catch (error) {
      failed.push({ message: toFailure(error).message });
    }
  }
  const vms = which.vms ?? (manager.observed.vms ?? []).filter(({ state }) => state === 'joined').map(({ id }) => id);
  await Promise.all(
    vms.map(async (vm) => {
      try {
        await manager.agents.client(vm).call('renew_certificate', {}, { signal, timeoutMs: agentMs });
      } catch (error) {
        failed.push({ vm, message: toFailure(error).message });
      }
    }),
  );
  return { failed };
}
