/** The two sides of a move: a director, and the application there. */
import type { ApplicationId, DeploymentId, OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import {
  type Begun,
  begin,
  type Deployments,
  type DirectorClient,
  follow,
  type ManagerClient,
} from '../deploy/index.ts';

export interface Side {
  director(): Promise<DirectorClient>;
  manager(application: ApplicationId): Promise<ManagerClient>;
  /** Has the director do something, and follows it to its end; throws its failure. */
  change(
    ask: (director: DirectorClient, begun: Begun) => Promise<{ readonly operation: OperationId }>,
    detail: (text: string) => void,
    id?: OperationId,
  ): Promise<Operation>;
  /** Follows an operation there to its end; throws its failure. */
  follow(operation: OperationId, detail: (text: string) => void): Promise<Operation>;
}

export function openSide(
  deployments: Pick<Deployments, 'directorClient' | 'managerClient'>,
  deployment: DeploymentId,
  signal: AbortSignal,
): Side {
  const director = (): Promise<DirectorClient> => deployments.directorClient(deployment, signal);
  const side: Side = {
    director,
    manager: (application) => deployments.managerClient(deployment, application, signal),
    async change(ask, detail, id) {
      const { operation } = await begin(async (begun) => ask(await director(), begun), signal, id);
      return side.follow(operation, detail);
    },
    follow: (operation, detail) =>
      follow(director, operation, {
        signal,
        onProgress: (state) => detail(textOf(state)),
        onLost: () => detail('the director is away; connecting again'),
      }),
  };
  return side;
}

/** What an operation is doing now, in a few words. */
function textOf({ steps }: Operation): string {
  const step = steps.find(({ state }) => state === 'running');
  if (!step) return '';
  return step.detail ? `${step.title}: ${step.detail}` : step.title;
}
