/** What the desktop wants shown: one handler for links and manifest files, from wherever they come. */
import path from 'node:path';
import type { Opening } from '../desktop.ts';
import type { HubProcess } from './hub-process.ts';
import { parseLink } from './links.ts';

export interface Openings {
  /** Arguments of this program, or of a second one that gave them to us, which ran in `directory`. */
  take(args: readonly string[], directory: string): void;
  show(opening: Opening): void;
  /** The page listens from now on: it gets what waits. */
  ready(): void;
}

export interface OpeningsOptions {
  readonly hub: Pick<HubProcess, 'offer'>;
  /** To the page. */
  send(opening: Opening): void;
}

/** More than these at once are not of a person. */
const most = 20;

export function createOpenings({ hub, send }: OpeningsOptions): Openings {
  let waiting: Opening[] | undefined = [];

  const show = (opening: Opening): void => {
    if (waiting) waiting = [...waiting, opening].slice(-most);
    else send(opening);
  };
  const offer = async (file: string): Promise<void> => {
    for (const offered of await hub.offer([file]))
      if (offered.kind === 'file') show({ kind: 'manifest', offer: offered });
  };

  return {
    take(args, directory) {
      for (const arg of args.slice(0, 100)) {
        if (arg.startsWith('-')) continue;
        const link = parseLink(arg);
        if (link) show({ kind: 'link', link });
        else if (arg.toLowerCase().endsWith('.conpaas')) void offer(path.resolve(directory, arg));
      }
    },
    show,
    ready() {
      const had = waiting ?? [];
      waiting = undefined;
      for (const opening of had) send(opening);
    },
  };
}
