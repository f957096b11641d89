/** Going back to the version that was live before, where that is what one may want now. */

import type { ApplicationSummary, ServiceInfo } from '../../remote/core/contract/application.ts';
import { withUndo } from '../actions/with-undo.ts';
import { useOperationsOf } from '../application/recent-operations.tsx';
import { type Action, useAction } from '../components/use-action.ts';
import { useNow } from '../components/use-now.ts';
import { hub } from '../hub/client.ts';
import { rollBackTo } from './roll-back.ts';
import { useServiceTexts } from './texts.ts';

export interface RollBack extends Action<[]> {
  /** Undefined where there is nothing to go back to, or no reason. */
  readonly version: string | undefined;
}

export function useRollBack(
  application: ApplicationSummary['id'] | string,
  service: ServiceInfo | undefined,
): RollBack {
  const texts = useServiceTexts().rollBack;
  const operations = useOperationsOf(application, service?.name);
  const now = useNow(60_000);
  const version = service && rollBackTo(service, operations, now);
  const live = service?.code?.active;
  const action = useAction(async () => {
    if (!service || version === undefined) return;
    const { name } = service;
    const makeLive = (wanted: string) =>
      hub.manager(application, 'activate_code_version', { service: name, version: wanted });
    await withUndo({
      said: texts.done(name, version),
      act: () => makeLive(version),
      undo: live === undefined ? undefined : () => makeLive(live),
    });
  });
  return { ...action, version };
}
