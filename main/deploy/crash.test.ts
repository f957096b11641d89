import { afterAll, beforeAll, describe, test } from 'vitest';
import { allCrashPoints, crashAndGoOn } from '../../test/support/crash-points.ts';
import { makeDeploymentBundles } from '../../test/support/desk.ts';

// All of them run in test/crash; here every seventh, so that each command, moment and sequel is among them.
const sample = allCrashPoints().filter((_, index) => index % 7 === 3);

let bundles: Awaited<ReturnType<typeof makeDeploymentBundles>>;
beforeAll(async () => {
  bundles = await makeDeploymentBundles();
});
afterAll(() => bundles[Symbol.asyncDispose]());

describe('a command killed at a line of its journal', () => {
  test.each(sample)(
    '$command, $moment line $line, then $next: ends clean',
    (point) => crashAndGoOn(bundles.directory, point),
    60_000,
  );
});
