/** What is said of the code of a service. Pure. */
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { countText } from '../components/time.ts';

/** `v2 is live, 2 versions`. */
export function codeText({ active, versions }: NonNullable<ServiceInfo['code']>): string {
  if (versions.length === 0) return 'no code yet';
  return `${active === undefined ? 'none is live' : `${active} is live`}, ${countText(versions.length, 'version')}`;
}
