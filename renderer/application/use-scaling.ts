/** Changing node counts: what is wanted, what that would cost and take, and doing it with a way back. */
import { useState } from 'react';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { differenceText } from '../components/money.ts';
import { durationText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { say } from '../stores/notices.ts';
import { costOf, expectedTime } from './estimate.ts';
import { type Scaling, scaling } from './scaling.ts';
import { useApplicationTexts } from './texts.ts';

export interface ScalingPlan {
  /** Count of a role as the user wants it now. */
  wanted(role: string, count: number): number;
  want(role: string, count: number): void;
  readonly change: Scaling;
  /** `+0.020 $/h, +14.6 $/month`, `cost unknown`; undefined while it is being asked. */
  readonly cost: string | undefined;
  /** `about 4.0 s (median of 12)`; undefined: nobody knows. */
  readonly time: string | undefined;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  apply(): void;
  discard(): void;
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, n) => all + n, 0);

export function useScaling(application: string, service: ServiceInfo, onChanged: () => void): ScalingPlan {
  const texts = useApplicationTexts().scaling;
  const [wanted, setWanted] = useState<Readonly<Record<string, number>>>({});
  const change = scaling(service.roles, wanted);
  const changed = change.text !== '';
  const { value: known } = useLoaded(async () => {
    if (!changed) return undefined;
    const [vms, operations] = await Promise.all([
      hub.director('list_vms', {}),
      hub.director('list_operations', { limit: 1000 }),
    ]);
    return { vms, operations };
  }, [changed, application]);
  const action = useAction(async () => {
    await rescale(application, service.name, change);
    say(texts.done(service.name, change.text), {
      undo: () => rescale(application, service.name, { add: change.remove, remove: change.add }),
    });
    setWanted({});
    onChanged();
  });
  // Further ones go where the service is: elsewhere they may cost something else.
  const home = useApplications(({ byId }) => byId.get(application)?.cloud);
  const cloud = service.cloud ?? home;
  const machines = known?.vms.filter(
    (vm) => vm.application === application && vm.state === 'joined' && (cloud === undefined || vm.cloud === cloud),
  );
  const kinds = [...(sum(change.add) > 0 ? ['add_nodes'] : []), ...(sum(change.remove) > 0 ? ['remove_nodes'] : [])];
  const time = known && expectedTime(known.operations, kinds);
  return {
    wanted: (role, count) => wanted[role] ?? count,
    want: (role, count) => setWanted({ ...wanted, [role]: count }),
    change,
    cost: machines && differenceText(costOf(sum(change.add) - sum(change.remove), machines)),
    time: time && texts.time(durationText(time.ms), time.of),
    busy: action.busy,
    failure: action.failure,
    apply: () => changed && action.run(),
    discard: () => {
      setWanted({});
      action.clear();
    },
  };
}

async function rescale(application: string, service: string, { add, remove }: Pick<Scaling, 'add' | 'remove'>) {
  if (sum(add) > 0) await hub.manager(application, 'add_nodes', { service, nodes: { ...add } });
  if (sum(remove) > 0) await hub.manager(application, 'remove_nodes', { service, nodes: { ...remove } });
}
