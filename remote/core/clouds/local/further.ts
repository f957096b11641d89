/** A further local cloud of a deployment: a host of its own, with a directory and a network of its own. */
import path from 'node:path';
import type { LocalSettings } from './local-cloud.ts';

/** @param home settings of the first one, beside whose directory those of all others are */
export function furtherSettings(name: string, home: LocalSettings): LocalSettings {
  return { ...home, directory: path.join(path.dirname(home.directory), 'clouds', name), beside: home.directory };
}
