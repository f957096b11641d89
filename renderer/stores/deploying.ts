/** What is being deployed from this window: it outlives navigation, so the sheet stays over any page. */
import { create } from 'zustand';
import type { Offer } from '../../main/hub/protocol.ts';

export interface Deploying {
  /** Id of the application. */
  readonly application: string;
  /** The service that it was handed to; another one can be chosen. */
  readonly service?: string | undefined;
  readonly offer: Offer;
}

interface DeployingStore {
  readonly deploying: Deploying | undefined;
}

export const useDeploying = create<DeployingStore>(() => ({ deploying: undefined }));

/** Opens the sheet that deploys an archive or a folder. */
export function openDropSheet(deploying: Deploying): void {
  useDeploying.setState({ deploying });
}

export function closeDropSheet(): void {
  useDeploying.setState({ deploying: undefined });
}
