/** What the manager lends to a service type: the view, changes, agents, operations. */
import { ConpaasError } from '../core/contract/errors.ts';
import { BlobHash } from '../core/contract/ids.ts';
import type { OperationKind, Step } from '../core/operations/index.ts';
import type { ServiceContext, StepProgress } from '../core/service/manager.ts';
import type { Manager } from './manager.ts';
import { findService } from './nodes.ts';
import { storeBlob } from './versions.ts';
import { viewOf, type World } from './views.ts';
import { until } from './waits.ts';

interface WorkParams {
  readonly service: string;
  readonly work: string;
  readonly title: string;
  readonly steps: readonly { name: string; title: string }[];
}
type Work = readonly { name: string; title: string; run(progress: StepProgress): Promise<void> }[];

/** Steps that live in this process only: after a crash such an operation ends as interrupted. */
const works = new Map<string, Work>();
let count = 0;

/** The kind of operations that service types start themselves (load a dump ...). */
export function serviceWorkKind(manager: Manager): OperationKind<WorkParams> {
  return {
    kind: 'service_work',
    title: ({ title }) => title,
    target: ({ service }) => ({ application: manager.application, service: manager.serviceName(service) }),
    deadlineMs: 60 * 60_000,
    queue: () => 'application',
    steps: ({ work, steps }) =>
      steps.map(
        ({ name, title }, index): Step<WorkParams> => ({
          name,
          title,
          run: async (context) => {
            const step = works.get(work)?.[index];
            if (!step) {
              throw new ConpaasError('interrupted', 'The manager was restarted meanwhile. Ask for it again.', {
                retry: false,
              });
            }
            await step.run(context);
            if (index === steps.length - 1) works.delete(work);
          },
        }),
      ),
  };
}

/** @param serviceId of an existing service */
export function serviceContext(manager: Manager, serviceId: string): ServiceContext {
  const world = (): World => {
    const known = manager.world();
    if (!known)
      throw new ConpaasError('unreachable', 'The manager is starting. Try again in a moment.', { retry: true });
    return known;
  };
  const context: ServiceContext = {
    get view() {
      return viewOf(world(), findService(manager.desired.state, serviceId));
    },
    change: async (_text, mutate) => manager.desired.change((state) => mutate(findService(state, serviceId), state)),
    agent: manager.agents.caller(),
    operation: async (kind, title, steps, requestedBy) => {
      const work = `${kind}-${process.pid}-${++count}`;
      works.set(work, steps);
      const params: WorkParams = {
        service: serviceId,
        work,
        title,
        steps: steps.map(({ name, title: step }) => ({ name, title: step })),
      };
      const id = await manager.operations.start('service_work', params, { requestedBy });
      await manager.reporter.tell(manager.director, manager.operations.get(id));
      return id;
    },
    until: async (_what, test, signal) => {
      const nodes = manager.desired.state.nodes.filter((node) => node.service === serviceId).map(({ id }) => id);
      await until(manager, (now) => test(viewOf(now, findService(now.state, serviceId))), { signal, nodes });
    },
    setSecret: async (name, value) => {
      await manager.director.call('put_secret', { name, value, unlessSet: false });
      manager.secrets.refresh();
    },
    putBlob: (path) => storeBlob(manager, path),
    getBlob: (blob, signal) => manager.director.download('download_blob', { blob: BlobHash.parse(blob) }, { signal }),
  };
  return context;
}
