/** Machines in words. Pure. */
import type { Machine } from '../../remote/core/contract/clouds.ts';
import { priceText } from '../components/money.ts';
import { countText } from '../components/time.ts';

/** How many, and what they cost together: `3 machines · 0.124 $/h together · 1 of unknown price`. */
export function machinesText(machines: readonly Machine[]): string {
  const known = machines.filter(({ pricePerHour }) => pricePerHour !== undefined);
  const sum = known.reduce((total, { pricePerHour = 0 }) => total + pricePerHour, 0);
  const unknown = machines.length - known.length;
  const price = known.length === 0 ? 'price unknown' : `${priceText(sum)} together`;
  return [
    countText(machines.length, 'machine'),
    ...(machines.length > 0 ? [price] : []),
    ...(unknown > 0 && known.length > 0 ? [`${unknown} of unknown price`] : []),
  ].join(' · ');
}
