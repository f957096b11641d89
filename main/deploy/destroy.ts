/** The steps that take a deployment away. Its directory, keys and record follow when all of them are done. */
import type { Cloud } from '../../remote/core/clouds/index.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { Deployment } from './deployment.ts';
import type { Step } from './progress.ts';
import { asking, atEach, listed, sentenceOf, type Unreached } from './reaching.ts';
import type { UpContext } from './up.ts';

/** Ends early when nothing is left; a director that was just destroyed may have asked for one more VM before. */
const rounds = 5;

interface Named {
  readonly name: string;
  readonly cloud: Cloud;
}

/**
 * What is on a cloud that is away stays, and everything else goes; then it is said what is left, and the deployment is still on
 * record, so that it can be destroyed again.
 * @param context.leave names of clouds that are not touched: what is there the user gives up
 */
export function destroySteps({
  cloud,
  further = [],
  deployment,
  leave = [],
}: Pick<UpContext, 'cloud' | 'further' | 'deployment'> & { readonly leave?: readonly string[] | undefined }): Step[] {
  const home: Named = { name: deployment.cloud.kind, cloud };
  const all = [home, ...further.map((one): Named => ({ name: one.record.name, cloud: one.cloud }))];
  const wanted = all.filter(({ name }) => !leave.includes(name));
  let unreached: Unreached[] = [];
  const reached = (): Named[] => wanted.filter(({ name }) => unreached.every((one) => one.cloud !== name));
  return [
    {
      name: 'director',
      title: "Destroy the director's machine",
      async run({ signal, detail }) {
        if (!wanted.includes(home)) return detail(`what is on ${home.name} is left there`);
        // First, so that nobody replaces what is destroyed next.
        try {
          const own = (await cloud.listVms(asking(signal))).filter(
            ({ tags }) => tags.deployment === deployment.id && tags.application === '',
          );
          await Promise.all(own.map(({ id }) => cloud.destroyVm(id, signal)));
        } catch (error) {
          signal.throwIfAborted();
          // What is on this computer goes with the deployment, whatever else there is.
          if (all.length === 1 && home.name === 'local') throw error;
          const why =
            all.length === 1
              ? ''
              : `The cloud of the director (${home.name}) could not be reached, and as long as that lives it would replace what is destroyed elsewhere: nothing was removed. `;
          const what = sentenceOf(error).replace(/\.?$/, '.');
          const advice = adviceFor(deployment.name, [home.name], leave);
          throw new ConpaasError(toFailure(error).code, `${why}${what} ${advice}`, { retry: true });
        }
      },
    },
    {
      name: 'machines',
      title: 'Destroy all machines',
      async run({ signal, detail }) {
        const counts = new Map<string, { done: number; all: number }>();
        unreached = await atEach(
          wanted,
          (one) =>
            destroyMachines(one.cloud, signal, (done, count) => {
              counts.set(one.name, { done, all: count });
              const [sum, total] = [...counts.values()].reduce(([a, b], each) => [a + each.done, b + each.all], [0, 0]);
              detail(`${sum} of ${total} machines`);
            }),
          signal,
        );
      },
    },
    {
      name: 'finish',
      title: 'Clean up',
      async run({ signal }) {
        const failed = await atEach(reached(), (one) => one.cloud.retire(signal), signal);
        unreached = [...unreached, ...failed];
        if (unreached.length === 0) return;
        const names = unreached.map((one) => one.cloud);
        const cleared = reached().map(({ name }) => name);
        const others = leave.length === 0 ? 'its other clouds' : cleared.join(' and ');
        const rest = cleared.length > 0 ? ` What was on ${others} is gone.` : '';
        throw new ConpaasError(
          'cloud_failed',
          `${deployment.name} is not gone yet: something may be left on ${listed(unreached)}.${rest} ${adviceFor(deployment.name, names, leave)}`,
          { retry: true },
        );
      },
    },
  ];
}

/** @throws ConpaasError not_found: it has no such cloud; invalid_request: nothing can be left there */
export function refuseLeft({ name, cloud, clouds = [] }: Deployment, leave: readonly string[]): void {
  const kinds = new Map([[cloud.kind, cloud.kind], ...clouds.map((one): [string, string] => [one.name, one.kind])]);
  for (const one of leave) {
    const kind = kinds.get(one);
    if (kind === undefined) {
      throw new ConpaasError('not_found', `${name} has no cloud "${one}". It has: ${[...kinds.keys()].join(', ')}.`);
    }
    if (kind !== 'local') continue;
    throw new ConpaasError('invalid_request', `What is on ${one} is on this computer, and goes with ${name}.`);
  }
}

/** How to finish later. @param left what is on these the user has given up already */
function adviceFor(deployment: string, clouds: readonly string[], left: readonly string[]): string {
  const leaving = (names: readonly string[]): string => names.map((one) => ` --leave ${one}`).join('');
  const words = `conpaas --deployment ${deployment} destroy${leaving(left)}`;
  return `When that is mended, finish with: ${words}. If it never will be, give up what is there with: ${words}${leaving(clouds)}`;
}

/** @param onProgress told how many of how many are gone */
async function destroyMachines(
  cloud: Cloud,
  signal: AbortSignal,
  onProgress: (done: number, all: number) => void,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const left = (await cloud.listVms(asking(signal))).filter(({ state }) => state !== 'gone');
    if (left.length === 0) return;
    let done = 0;
    await Promise.all(
      left.map(async ({ id }) => {
        await cloud.destroyVm(id, signal);
        done += 1;
        onProgress(done, left.length);
      }),
    );
  }
  throw new ConpaasError('cloud_failed', 'Some machines could not be destroyed. Try again.', { retry: true });
}
