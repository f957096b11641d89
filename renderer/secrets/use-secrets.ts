/** The secrets of an application, by name, and which of them the user is giving a value to. */
import { useState } from 'react';
import type { DirectorMethods } from '../../remote/core/contract/director.ts';
import type { ResultOf } from '../../remote/core/contract/method.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';

export type SecretInfo = ResultOf<DirectorMethods['list_secrets']>[number];

/** @param changing they are read again when this changes */
export function useSecrets(application: string, changing?: unknown) {
  const { value, failure, reload } = useLoaded(
    () => hub.director('list_secrets', { application }),
    [application, changing],
  );
  /** Whose value is being typed. */
  const [setting, setSetting] = useState<string>();
  /** undefined: not read yet. */
  const known: ReadonlyMap<string, SecretInfo> | undefined =
    value && new Map(value.map((secret) => [secret.name, secret]));
  return { known, failure, reload, setting, setSetting };
}
