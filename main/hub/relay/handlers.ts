import { directorMethods } from '../../../remote/core/contract/director.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { managerMethods } from '../../../remote/core/contract/manager.ts';
import type { MethodTable } from '../../../remote/core/contract/method.ts';
import type { ServiceSpecs } from '../../../remote/core/manifest/index.ts';
import type { relayCalls } from '../calls/relay.ts';
import type { Directors } from '../directors.ts';
import type { SubjectHandlers } from '../window-port.ts';
import { describeMethods } from './describe-methods.ts';
import { checkRelay } from './relay.ts';

/** @param specs the service types: each brings methods of its manager */
export function relayHandlers(
  directors: Directors,
  specs: ServiceSpecs,
  openInBrowser: (url: string) => void,
): SubjectHandlers<typeof relayCalls> {
  const allManagerMethods: MethodTable = Object.assign(
    {},
    managerMethods,
    ...Object.values(specs).map((spec) => spec.managerMethods),
  );
  return {
    director: async ({ method, params }, { signal, connected }) =>
      (await connected()).director.callAny(method, checkRelay(directorMethods, method, params), { signal }),
    manager: async ({ application, method, params }, { signal, connected }) =>
      (await (await connected()).manager(application, signal)).callAny(
        method,
        checkRelay(allManagerMethods, method, params),
        { signal },
      ),
    describe_methods: async () => describeMethods(specs),
    open_address: async ({ application, service }, { window, signal, connected }) => {
      const address = service
        ? (
            await (
              await (await connected()).manager(application, signal)
            ).call('get_service_info', { service }, { signal })
          ).address
        : (await directors.of(window)).application(application)?.address;
      if (!address) throw new ConpaasError('conflict', 'It has no address yet. Wait until it runs.');
      openInBrowser(address);
      return null;
    },
  };
}
