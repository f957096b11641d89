/**
 * The steps of a move. Each looks at what is there, so that all of them can be run again after they were cut short. The
 * record says which of the two applications counts; it changes once, in the step `switch`.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { ApplicationId } from '../../remote/core/contract/ids.ts';
import type { Movable } from '../../remote/core/contract/moving.ts';
import { Started } from '../../remote/core/contract/operation.ts';
import type { Download } from '../../remote/core/rpc/index.ts';
import { type Step, type StepContext, sending } from '../deploy/index.ts';
import { checkAnswers } from './check.ts';
import { createHolding, type Holding } from './holding.ts';
import { databasesOnly, isSame, whole, withoutDomains } from './manifests.ts';
import type { MoveRecord, MoveStore } from './record.ts';
import type { Side } from './sides.ts';

export interface MoveContext {
  readonly store: MoveStore;
  readonly from: Side;
  readonly to: Side;
  record: MoveRecord;
}

type Running = Pick<StepContext, 'signal' | 'detail'>;

/** What the old application is called from when the new one, at the same director, has its name. */
const nameOfOld = (name: string): string => `${name} (moved)`;
/** What the new one is called until then. */
export const nameOfNew = (name: string): string => `${name} (moving)`;

async function update(context: MoveContext, change: Partial<MoveRecord>): Promise<void> {
  context.record = await context.store.update(context.record.id, change);
}

const readMovable = async ({ from, record }: MoveContext, signal: AbortSignal): Promise<Movable> =>
  (await from.director()).call('describe_movable', { application: record.from.application }, { signal });

function target({ record }: MoveContext): ApplicationId {
  if (record.to.application) return record.to.application;
  throw new ConpaasError('internal', 'The application was not made there yet.');
}

/** Up to where the new application counts; what it has begun is given back when it fails before. */
export function moveSteps(context: MoveContext, cleanUpMs: number): { steps: Step[]; cleanUp(): Promise<void> } {
  const { from, to, store } = context;
  const { id, hold } = context.record;
  const old = context.record.from.application;
  const carried = path.join(store.directory(id), 'carried');
  let movable: Movable | undefined;
  let holding: Holding | undefined;

  const moved = (): Movable => {
    if (movable) return movable;
    throw new ConpaasError('internal', 'The application was not looked at.');
  };
  /** A step that is done once the new application counts. */
  const before = (name: string, title: string, run: (step: Running) => Promise<void>): Step => ({
    name,
    title,
    async run(step) {
      if (context.record.state !== 'moving') return;
      holding?.check();
      await run(step);
    },
  });
  const apply = async (manifest: Movable['manifest'], { detail }: Running): Promise<void> => {
    await to.change(
      (director, begun) => director.call('apply_manifest', { manifest, name: target(context) }, begun),
      detail,
    );
  };

  const steps: Step[] = [
    before('look', 'Look at the application', async ({ signal }) => {
      movable = await readMovable(context, signal);
      holding = createHolding(() => from.manager(old), hold, signal);
      // What was copied counts only where nothing was written since.
      if (context.record.loaded && !(await holding.begin(true))) await update(context, { loaded: false });
    }),
    before('create', 'Create it there', async ({ detail, signal }) => {
      const { to: place, createOperation } = context.record;
      const cloud = place.cloud === undefined ? {} : { cloud: place.cloud };
      if (place.application) {
        const known = await (await to.director()).call('get_operation', { operation: createOperation }, { signal });
        if (known.state === 'done') return;
        if (known.retryable) {
          await to.change(
            (director, { signal: within }) =>
              director.call('retry_operation', { operation: createOperation }, { signal: within }),
            detail,
          );
          return;
        }
        await to.follow(createOperation, detail);
        return;
      }
      await to.change(
        async (director, begun) => {
          const made = await director.call('create_application', { name: place.name, ...cloud }, begun);
          await update(context, { to: { ...place, application: made.application } });
          return made;
        },
        detail,
        createOperation,
      );
    }),
    before('secrets', 'Carry the secrets, sealed', async ({ signal, detail }) => {
      const there = await to.director();
      const application = target(context);
      const { key } = await there.call('offer_sealing_key', { application }, { signal });
      const { names, sealed } = await (await from.director()).call(
        'seal_secrets',
        { application: old, key },
        { signal },
      );
      await there.call('open_secrets', { application, key, sealed }, { signal });
      detail(names.length === 1 ? '1 secret' : `${names.length} secrets`);
    }),
    before('code', 'Carry code and scripts', async ({ signal, detail }) => {
      for (const [index, { sha256, name, size }] of moved().blobs.entries()) {
        const what = `${name}, ${index + 1} of ${moved().blobs.length}`;
        detail(what);
        const blob = await (await from.director()).download('download_blob', { blob: sha256 }, { signal });
        await keep(blob, carried, size, (text) => detail(`${what}: ${text}`), signal);
        const upload = { signal, onProgress: sending((text) => detail(`${what}: ${text}`)) };
        await (await to.director()).upload('upload_blob', {}, { path: carried, name }, upload);
        await rm(carried, { force: true });
      }
    }),
    before('machines', 'Prepare machines and databases there', async (step) => {
      // Once it has the data it is not stopped again.
      if (!context.record.loaded) await apply(databasesOnly(moved(), context.record.to.name), step);
    }),
    before('data', 'Copy the data, read only from now on', async ({ signal, detail }) => {
      if (context.record.loaded) return;
      await holding?.begin(false);
      await update(context, { frozenAt: Date.now() });
      const services = moved().services.filter(({ data, running }) => data && running);
      for (const { name } of services) {
        const dump = await (await from.manager(old)).downloadAny('dump', { service: name, gzip: true }, { signal });
        await keep(dump, carried, undefined, (text) => detail(`${name}: read ${text}`), signal);
        holding?.check();
        const sent = { signal, onProgress: sending((text) => detail(`${name}: sent ${text}`)) };
        const manager = await to.manager(target(context));
        const file = { path: carried, name: `${name}.sql.gz` };
        const { operation } = Started.parse(await manager.uploadAny('load_dump', { service: name }, file, sent));
        await to.follow(operation, (text) => detail(`${name}: ${text}`));
        await rm(carried, { force: true });
      }
      await update(context, { loaded: true });
    }),
    before('start', 'Start all services there', (step) => apply(withoutDomains(moved(), context.record.to.name), step)),
    before('check', 'Check that it answers there', async ({ signal, detail }) => {
      const there = await (await to.director()).call('get_application', { application: target(context) }, { signal });
      const here = await (await from.director()).call('get_application', { application: old }, { signal });
      const answers = await checkAnswers(there, here, signal);
      detail(answers.map(({ service, status }) => `${service} answers ${status}`).join(', '));
      const { address } = there.summary;
      if (address !== undefined) await update(context, { address });
    }),
    before('switch', 'Switch: from now on the new one counts', async ({ signal }) => {
      if (!isSame(moved(), await readMovable(context, signal))) {
        await update(context, { loaded: false });
        throw new ConpaasError(
          'conflict',
          'The application was changed while it was moved. Go on, and the change comes along.',
          {
            retry: true,
          },
        );
      }
      await holding?.keep();
      await update(context, { state: 'switched', switchedAt: Date.now() });
    }),
    {
      name: 'finish',
      title: 'Take over names and domains',
      run: (step) => takeOver(context, step),
    },
  ];

  return {
    steps,
    async cleanUp() {
      holding?.end();
      await rm(carried, { force: true });
      if (context.record.state !== 'moving' || context.record.frozenAt === undefined) return;
      const signal = AbortSignal.timeout(cleanUpMs);
      await createHolding(() => from.manager(old), hold, signal).thaw(signal);
      await update(context, { loaded: false, frozenAt: undefined });
    },
  };
}

/** What follows the switch, and is done again where it was cut short. */
async function takeOver(context: MoveContext, { signal, detail }: Running): Promise<void> {
  const { record, from, to } = context;
  const rename = async (side: Side, application: ApplicationId, name: string): Promise<void> => {
    const director = await side.director();
    const found = (await director.call('list_applications', {}, { signal })).find(({ id }) => id === application);
    if (found && found.name !== name) await director.call('rename_application', { application, name }, { signal });
  };
  if (record.from.deployment === record.to.deployment)
    await rename(from, record.from.application, nameOfOld(record.name));
  await rename(to, target(context), record.name);
  const movable = await readMovable(context, signal);
  if (movable.services.every(({ domains }) => domains.length === 0)) return;
  const name = target(context);
  await to.change(
    (director, begun) => director.call('apply_manifest', { manifest: whole(movable, record.name), name }, begun),
    detail,
  );
}

/** The old application goes: only once the new one was seen to answer, again. */
export function removeSteps(context: MoveContext): Step[] {
  const { from, to } = context;
  return [
    {
      name: 'check',
      title: 'Check that the new one answers',
      async run({ signal, detail }) {
        if (context.record.state === 'removing') return;
        const there = await (await to.director()).call('get_application', { application: target(context) }, { signal });
        const application = context.record.from.application;
        const here = await (await from.director()).call('get_application', { application }, { signal });
        const answers = await checkAnswers(there, here, signal);
        detail(answers.map(({ service, status }) => `${service} answers ${status}`).join(', '));
      },
    },
    {
      name: 'names',
      title: 'Take over names and domains',
      async run(step) {
        // Where the move was cut short right after it had switched.
        if (context.record.state === 'switched') await takeOver(context, step);
        await update(context, { state: 'removing' });
      },
    },
    {
      name: 'remove',
      title: 'Remove the old one, with its machines',
      run: (step) => remove(from, context.record.from.application, step),
    },
    forget(context),
  ];
}

/** The new application goes, and the old one is as it was. */
export function undoSteps(context: MoveContext): Step[] {
  const { from, to } = context;
  return [
    {
      name: 'new',
      title: 'Remove what was made there',
      async run(step) {
        const { to: place, createOperation } = context.record;
        // The answer that told its id may have been lost.
        const application = place.application ?? (await madeBy(to, createOperation, step.signal));
        if (application) await remove(to, application, step);
      },
    },
    {
      name: 'old',
      title: 'Let the old one take changes',
      async run({ signal }) {
        const { from: place, name, hold } = context.record;
        const director = await from.director();
        const found = (await director.call('list_applications', {}, { signal })).find(
          ({ id }) => id === place.application,
        );
        if (!found) return;
        if (found.name === nameOfOld(name)) {
          await director.call('rename_application', { application: place.application, name }, { signal });
        }
        await createHolding(() => from.manager(place.application), hold, signal).thaw(signal);
      },
    },
    forget(context),
  ];
}

function forget({ store, record }: MoveContext): Step {
  return { name: 'finish', title: 'Forget the move', run: () => store.remove(record.id) };
}

async function madeBy(
  side: Side,
  operation: MoveRecord['createOperation'],
  signal: AbortSignal,
): Promise<ApplicationId | undefined> {
  const all = await (await side.director()).call('list_operations', { limit: 1000 }, { signal });
  return all.find(({ id }) => id === operation)?.target.application as ApplicationId | undefined;
}

/** Idempotent. */
async function remove(side: Side, application: ApplicationId, { signal, detail }: Running): Promise<void> {
  const all = await (await side.director()).call('list_applications', {}, { signal });
  const found = all.find(({ id }) => id === application);
  if (!found) return;
  await side.change(
    (director, begun) => director.call('delete_application', { application, confirm: found.name }, begun),
    detail,
  );
}

/** Writes a download to a file that only its user reads; it is never in memory as a whole. */
async function keep(
  { stream }: Download,
  file: string,
  total: number | undefined,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  const told = sending(progress);
  async function* counted(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const part of parts) {
      bytes += part.length;
      told(bytes, total ?? bytes);
      yield part;
    }
  }
  await pipeline(stream, counted, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
}
