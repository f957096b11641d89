/** Before the first system test: the bundles, as `npm run build` makes them (nothing is done when they are fresh). */
import { spawnSync } from 'node:child_process';
import { checkout, node } from './paths.ts';

export function setup(): void {
  const { status } = spawnSync(node, ['scripts/build.mjs'], { cwd: checkout, stdio: 'inherit' });
  if (status !== 0) throw new Error('The build failed: see above.');
}
