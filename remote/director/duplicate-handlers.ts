/** Duplicating an application: its stored state becomes the manifest of a new one. */
import type { directorDuplicateMethods } from '../core/contract/duplicate.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { OperationId } from '../core/contract/ids.ts';
import type { Call, Handlers } from '../core/contract/method.ts';
import { duplicateManifest, referredSecrets, validateManifest } from '../core/manifest/index.ts';
import { DesiredState } from '../core/service/state.ts';
import type { ApplyParams } from './application-operations.ts';
import type { Director } from './director.ts';
import type { ApplicationRecord } from './store.ts';

export function duplicateHandlers(
  director: Director,
  parts: {
    startedBy(call: Call): { requestedBy: string; id?: OperationId };
    newApplication(name: string, call: Call, cloud?: string): Promise<ApplicationRecord>;
  },
): Handlers<typeof directorDuplicateMethods> {
  const { inventory, states, secrets, operations, specs } = director;
  return {
    duplicate_application: async ({ application, name, cloud, copySecrets, secrets: values }, call) => {
      const original = inventory.find(application);
      const again = call.operation && operations.get(call.operation);
      if (again) return { application: inventory.find(name).id, operation: again.id };
      const stored = DesiredState.safeParse(states.get(original.id)?.document);
      if (!stored.success || stored.data.services.length === 0) {
        throw new ConpaasError('conflict', `${original.name} has no services yet, so there is nothing to duplicate.`);
      }
      const referred = referredSecrets(stored.data);
      const unknown = [...copySecrets, ...Object.keys(values)].find((secret) => !referred.includes(secret));
      if (unknown !== undefined) {
        throw new ConpaasError(
          'not_found',
          `${original.name} refers to no secret "${unknown}".${referred.length > 0 ? ` It refers to: ${referred.join(', ')}.` : ''}`,
        );
      }
      const services = stored.data.services.map(({ cloud: own, ...service }) =>
        own === undefined || cloud !== undefined ? service : { ...service, cloud: own },
      );
      const { manifest } = validateManifest(duplicateManifest({ ...stored.data, services }, specs, name), specs);
      const record = await parts.newApplication(name, call, cloud ?? original.cloud);
      for (const [secret, value] of Object.entries({ ...secrets.get(original.id, copySecrets), ...values })) {
        await secrets.set(record.id, secret, value);
      }
      const operation = await operations.start<ApplyParams>(
        'apply',
        { application: record.id, name: record.name, manifest },
        parts.startedBy(call),
      );
      return { application: record.id, operation };
    },
  };
}
