/** The steps that take a deployment away. Its directory, keys and record follow when all of them are done. */
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Step } from './progress.ts';
import type { UpContext } from './up.ts';

/** Ends early when nothing is left; a director that was just destroyed may have asked for one more VM before. */
const rounds = 5;

export function destroySteps({
  cloud,
  further = [],
  deployment,
}: Pick<UpContext, 'cloud' | 'further' | 'deployment'>): Step[] {
  const clouds = [cloud, ...further.map((one) => one.cloud)];
  return [
    {
      name: 'director',
      title: "Destroy the director's machine",
      async run({ signal }) {
        // First, so that nobody replaces what is destroyed next.
        const all = await cloud.listVms(signal);
        const own = all.filter(({ tags }) => tags.deployment === deployment.id && tags.application === '');
        await Promise.all(own.map(({ id }) => cloud.destroyVm(id, signal)));
      },
    },
    {
      name: 'machines',
      title: 'Destroy all machines',
      async run({ signal, detail }) {
        for (let round = 0; round < rounds; round += 1) {
          const lists = await Promise.all(
            clouds.map(async (one) => (await one.listVms(signal)).map((vm) => ({ ...vm, at: one }))),
          );
          const left = lists.flat().filter(({ state }) => state !== 'gone');
          if (left.length === 0) return;
          let done = 0;
          await Promise.all(
            left.map(async ({ id, at }) => {
              await at.destroyVm(id, signal);
              done += 1;
              detail(`${done} of ${left.length} machines`);
            }),
          );
        }
        throw new ConpaasError('cloud_failed', 'Some machines could not be destroyed. Try again.', { retry: true });
      },
    },
    {
      name: 'finish',
      title: 'Clean up',
      async run({ signal }) {
        for (const one of clouds) await one.retire(signal);
      },
    },
  ];
}
