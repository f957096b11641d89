import type { Handlers } from '../../core/contract/method.ts';
import type { packageMethods } from '../../core/contract/packages.ts';
import type { PackageCache } from './package-cache.ts';

export { mirrorsOfMachine } from './mirrors.ts';
export { PackageCache } from './package-cache.ts';

export function packageHandlers(cache: PackageCache): Handlers<typeof packageMethods> {
  return { get_package: ({ archive, path }, call) => cache.open(archive, path, call.signal) };
}
