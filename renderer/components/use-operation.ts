import { useEffect } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { hub } from '../hub/client.ts';
import { changeOperations, useOperations } from '../stores/operations.ts';

/** An operation as it goes; read once where no delta has brought it. */
export function useOperation(id: string | undefined): Operation | undefined {
  const operation = useOperations(({ byId }) => (id === undefined ? undefined : byId.get(id)));
  const unknown = id !== undefined && operation === undefined;
  useEffect(() => {
    if (!unknown) return;
    hub.director('get_operation', { operation: id }).then(
      (found) => changeOperations([found]),
      // The next delta brings it.
      () => undefined,
    );
  }, [id, unknown]);
  return operation;
}
