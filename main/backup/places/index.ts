import { directoryPlace } from './directory-place.ts';
import { type CopiedTo, type Place, placeLabel } from './place.ts';

export { BackupPlace, type CopiedTo, type Place, type PlaceToRead, placeLabel, type VolumeOfBackups } from './place.ts';
export { type VolumeReader, volumePlace } from './volume-place.ts';

/** @param below the deployment's own part of it */
export async function openPlace(place: CopiedTo, below: string): Promise<Place> {
  if (place.kind === 'directory') return { ...directoryPlace(place.path, below), label: placeLabel(place) };
  // What signs is loaded by those who use it.
  const { s3Place } = await import('./s3-place.ts');
  return s3Place(place, below);
}
