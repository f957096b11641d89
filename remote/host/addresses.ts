import { ConpaasError } from '../core/contract/index.ts';

/** Hosts 0.1 to 254.254 of a network; 255.254 carries its claim. */
const perBlock = 254;
const capacity = 255 * perBlock;

/** Address of a slot, from 0: 127.<network>.0.1, .0.2 … .0.254, .1.1 … */
export function addressAt(network: number, slot: number): string {
  return `127.${network}.${Math.floor(slot / perBlock)}.${(slot % perBlock) + 1}`;
}

function slotOf(address: string): number {
  const [, , block, host] = address.split('.').map(Number);
  return (block ?? 0) * perBlock + (host ?? 1) - 1;
}

/** Consecutive slots: one that was freed is used again only when all after it have been, so late packets find nobody. */
export interface Allocator {
  take(): number;
  free(address: string): void;
}

/** @param used addresses of the VMs on record */
export function createAllocator(used: readonly string[]): Allocator {
  const taken = new Set(used.map(slotOf));
  let next = Math.max(-1, ...taken) + 1;
  return {
    take() {
      for (let tried = 0; tried < capacity; tried += 1) {
        const slot = next % capacity;
        next = slot + 1;
        if (taken.has(slot)) continue;
        taken.add(slot);
        return slot;
      }
      throw new ConpaasError('cloud_failed', 'All addresses of this deployment are in use. Destroy some VMs first.');
    },
    free: (address) => void taken.delete(slotOf(address)),
  };
}
