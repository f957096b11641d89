/** The click that mends an application's trouble. */
import type { Operation } from '../../remote/core/contract/operation.ts';
import { type Action, useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import type { Mend } from './attention.ts';

/** Does what `mend` says; nothing where there is none. */
export function useMend(application: string, mend: Mend | undefined): Action<[]> {
  return useAction(async () => {
    switch (mend?.kind) {
      case 'retry':
        await hub.director('retry_operation', { operation: mend.operation as Operation['id'] });
        break;
      case 'roll_back':
        await hub.manager(application, 'rollback_code_version', { service: mend.service });
        break;
      case 'replace_manager':
        await hub.director('replace_manager', { application });
        break;
    }
  });
}
