/** Machines in words. Pure. */
import type { Machine } from '../../remote/core/contract/clouds.ts';
import { priceText } from '../components/money.ts';
import type { CloudTexts } from './texts.ts';

/** How many, and what they cost together: `3 machines · 0.124 $/h together · 1 of unknown price`. */
export function machinesText(machines: readonly Machine[], texts: CloudTexts['machines']): string {
  const known = machines.filter(({ pricePerHour }) => pricePerHour !== undefined);
  const sum = known.reduce((total, { pricePerHour = 0 }) => total + pricePerHour, 0);
  const unknown = machines.length - known.length;
  const price = known.length === 0 ? texts.priceUnknown : texts.together(priceText(sum));
  return [
    texts.count(machines.length),
    ...(machines.length > 0 ? [price] : []),
    ...(unknown > 0 && known.length > 0 ? [texts.unknown(unknown)] : []),
  ].join(' · ');
}
