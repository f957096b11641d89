/** Where the things of a node lie below an agent's home, and how all of them go. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { shortDirectory } from '../core/service/short-directory.ts';
import { endRecorded } from '../core/supervisor/index.ts';
import { logLimits } from './node-logs.ts';

export interface NodePlaces {
  /** The node's own: configuration, data, logs. */
  readonly directory: string;
  /** Records of its processes. */
  readonly records: string;
  /** Its log `conpaas`, out of its engines' reach. */
  readonly log: string;
}

export function placesOf(home: string, node: string): NodePlaces {
  return {
    directory: path.join(home, 'nodes', node),
    records: path.join(home, 'supervisor', node),
    log: path.join(home, 'logs', `${node}.log`),
  };
}

/** Where what is on a volume is, once its host has put it there. It is not below the node's own directory, and never goes with it. */
export function volumePlace(home: string, volume: string): string {
  return path.join(home, 'volumes', volume);
}

/** Ends what the records of a node name and removes all of it. What is not there is no error. */
export async function removePlaces(places: NodePlaces): Promise<void> {
  await endRecorded(places.records);
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };
  await rm(shortDirectory(places.directory), options);
  await rm(places.directory, options);
  await rm(places.records, options);
  for (const file of [places.log, `${places.log}.times`]) await rm(file, options);
  for (let n = 1; n <= logLimits.keep; n += 1) {
    for (const file of [`${places.log}.${n}`, `${places.log}.${n}.times`]) await rm(file, options);
  }
}
