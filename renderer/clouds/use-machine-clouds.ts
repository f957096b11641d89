/** On which clouds the machines of an application are, where the director has several. */
import type { NodeInfo } from '../../remote/core/contract/application.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useSeveralClouds } from '../stores/clouds.ts';

/** Clouds by machine; undefined where there is one cloud, which needs no words. Machines whose cloud is not known are left out. */
export function useMachineClouds(
  application: string,
  nodes: readonly Pick<NodeInfo, 'vm'>[],
): ReadonlyMap<string, string> | undefined {
  const isSeveral = useSeveralClouds().length > 0;
  const machines = [...new Set(nodes.map(({ vm }) => vm))].sort();
  const { value } = useLoaded(
    async () => (isSeveral ? hub.director('list_vms', { application }) : []),
    [application, isSeveral, machines],
  );
  if (!isSeveral) return undefined;
  return new Map((value ?? []).map(({ id, cloud }): [string, string] => [id, cloud]));
}
