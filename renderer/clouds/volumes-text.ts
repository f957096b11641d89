/** Volumes in words. Pure. */
import type { VolumeInfo } from '../../remote/core/contract/volumes.ts';
import { monthText } from '../components/money.ts';
import type { CloudTexts } from './texts.ts';

/** How many, how large and what they cost together: `3 volumes · 24 GB · 2.4 $/month together · 1 of unknown price`. */
export function volumesText(volumes: readonly VolumeInfo[], texts: CloudTexts['volumes']): string {
  const known = volumes.flatMap(({ pricePerHour }) => pricePerHour ?? []);
  const unknown = volumes.length - known.length;
  const sum = known.reduce((all, price) => all + price, 0);
  return [
    texts.count(volumes.length),
    texts.gigabytes(volumes.reduce((all, { sizeGb }) => all + sizeGb, 0)),
    ...(known.length === 0 ? [texts.priceUnknown] : [sum === 0 ? texts.free : texts.together(monthText(sum))]),
    ...(unknown > 0 && known.length > 0 ? [texts.unknown(unknown)] : []),
  ].join(' · ');
}
