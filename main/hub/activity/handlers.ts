import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { directorMethods } from '../../../remote/core/contract/director.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { activityCalls } from '../calls/activity.ts';
import type { Connection } from '../deployment.ts';
import type { Offers } from '../offers.ts';
import type { SubjectHandlers } from '../window-port.ts';
import { headText, rowText } from './export.ts';

/** The most that the director gives at once. */
const pageSize = 1000;

export function activityHandlers(offers: Offers): SubjectHandlers<typeof activityCalls> {
  return {
    export_activity: async ({ ticket, what, format, filter }, { connected, signal }) => {
      const pages = pagesOf(await connected(), what, filter, signal);
      const target = offers.target(ticket);
      let rows = 0;
      const text = Readable.from(
        (async function* () {
          yield headText(what, format);
          for await (const page of pages) {
            rows += page.length;
            yield page.map((row) => rowText(what, format, row)).join('');
          }
        })(),
      );
      // what is there under this name stays until the new file is whole
      const part = `${target}.conpaas-part`;
      try {
        await pipeline(text, createWriteStream(part, { mode: 0o600 }), { signal });
        await rename(part, target);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      return { rows };
    },
  };
}

/** Every page that a filter lets through, newest first. @throws ConpaasError invalid_request */
async function* pagesOf(
  { director }: Connection,
  what: 'audit' | 'events',
  filter: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): AsyncGenerator<readonly Readonly<Record<string, unknown>>[]> {
  for (let before: number | undefined; ; ) {
    const given = { ...filter, limit: pageSize, ...(before === undefined ? {} : { before }) };
    let next: number | undefined;
    if (what === 'audit') {
      const page = await director.call('list_audit', parsed(directorMethods.list_audit.params, given), { signal });
      yield page.entries;
      next = page.next;
    } else {
      const page = await director.call('list_events', parsed(directorMethods.list_events.params, given), { signal });
      yield page.events;
      next = page.next;
    }
    if (next === undefined) return;
    before = next;
  }
}

function parsed<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  throw new ConpaasError('invalid_request', `The filter is wrong: ${z.prettifyError(checked.error)}`);
}
