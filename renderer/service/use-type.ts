/** What a service type is, as the hub describes it; it never changes while the program runs. */
import type { TypeDescription } from '../../main/hub/protocol.ts';
import { type Loaded, useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';

export function useType(type: string): Loaded<TypeDescription> {
  return useLoaded(() => hub.call('describe_type', { type }), [type]);
}
