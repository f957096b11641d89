/** cost: what the machines cost now. */
import type { Command } from 'commander';
import type { Cost, CostChange } from '../../../remote/core/contract/cost.ts';
import type { Run } from '../program.ts';
import { formatTime, table } from '../terminal.ts';

/** Hours of a month, on average: what "a month" means wherever costs are shown. */
export const hoursPerMonth = 730;

export function costCommands(program: Command, run: Run): void {
  program
    .command('cost')
    .description('What the machines of all applications cost now')
    .action(
      run(async (session) => {
        const director = await session.director();
        const costs = await director.call('get_costs', {}, { signal: session.signal });
        session.terminal.result(costs, () =>
          [
            table(
              ['cloud', 'machines', '$/hour', '$/month', 'prices of'],
              [...costs.clouds, { cloud: 'all', ...costs }].map((one) => [
                one.cloud,
                String(one.machines),
                amount(one, 1),
                amount(one, hoursPerMonth),
                one.pricedAt === undefined ? '' : formatTime(one.pricedAt).slice(0, 10),
              ]),
            ),
            ...(costs.unknown > 0 ? [`The price of ${costs.unknown} of ${costs.machines} machines is not known.`] : []),
          ].join('\n'),
        );
      }),
    );
}

function amount({ perHour, unknown }: Cost, hours: number): string {
  if (perHour === undefined) return 'unknown';
  return `${(perHour * hours).toFixed(hours === 1 ? 3 : 2)}${unknown > 0 ? ' + unknown' : ''}`;
}

/** What a plan costs: `Cost: +0.041 $/hour, +29.93 $/month (2 machines more)`. */
export function differenceText({ perHour, added, freed, unknown }: CostChange): string {
  if (added + freed === 0) return 'Cost: as before (the same machines).';
  const signed = (dollars: number, digits: number) => `${dollars < 0 ? '' : '+'}${dollars.toFixed(digits)}`;
  const cost =
    perHour === undefined
      ? `unknown, as the price of ${unknown} of ${added + freed} machines is not known`
      : `${signed(perHour, 3)} $/hour, ${signed(perHour * hoursPerMonth, 2)} $/month`;
  const machines = [...(added > 0 ? [`${added} more`] : []), ...(freed > 0 ? [`${freed} less`] : [])];
  return `Cost: ${cost} (machines: ${machines.join(', ')}).`;
}
