import { afterAll, beforeAll, describe, test } from 'vitest';
import { allCrashPoints, crashAndGoOn } from '../support/crash-points.ts';
import { makeDeploymentBundles } from '../support/desk.ts';

let bundles: Awaited<ReturnType<typeof makeDeploymentBundles>>;
beforeAll(async () => {
  bundles = await makeDeploymentBundles();
});
afterAll(() => bundles[Symbol.asyncDispose]());

describe('a command killed at every line of its journal', () => {
  test.each(allCrashPoints())('$command, $moment line $line, then $next: ends clean', (point) =>
    crashAndGoOn(bundles.directory, point),
  );
});
