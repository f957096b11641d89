/**
 * What of a deployment has been left over at its cloud. Whether something is owned, the director's records say, and this
 * desktop's: what a cloud says is not enough. Where nobody can say, it stays.
 */
import type { Tagged } from '../../remote/core/clouds/cloud.ts';
import { backupVolumeName } from './backup-volume.ts';

/** Nothing takes longer than this, milliseconds: what is younger may belong to an operation that is under way. */
export const sweepAfterMs = 60 * 60_000;

/** Who says what is owned. */
export type Owners =
  | {
      readonly kind: 'deployment';
      /** The director's machine on record here; absent: its set-up has not ended. */
      readonly directorVm?: string | undefined;
      /** What the director has on record; undefined: it does not answer. */
      readonly records?:
        | {
            /** Names of machines, whatever their state. */
            readonly machines: ReadonlySet<string>;
            /** Names of applications by id. */
            readonly applications: ReadonlyMap<string, string>;
          }
        | undefined;
    }
  /** The user says that nobody has it any more. */
  | { readonly kind: 'abandoned' }
  /** It was there for an image to be made, which takes no longer than any operation. */
  | { readonly kind: 'image' };

/** Something with our tag, and what is to become of it. */
export interface Finding extends Tagged {
  readonly unowned: boolean;
  /** For a person. */
  readonly why: string;
}

/**
 * Pure. What is unowned comes in the order it can be removed in.
 * @param options.now milliseconds since the epoch
 * @param options.afterMs how old something must be, milliseconds
 */
export function judge(
  things: readonly Tagged[],
  options: { readonly owners: Owners; readonly now: number; readonly afterMs: number },
): readonly Finding[] {
  const findings = things.filter(hasTimeOfItsOwn).map((thing) => judgeOne(thing, options));
  // What else a deployment has (a network, a security group) is as old as its machines, and used by them.
  const rest = things
    .filter((thing) => !hasTimeOfItsOwn(thing))
    .map((thing): Finding => {
      if (options.owners.kind === 'deployment') return keep(thing, 'its deployment uses it');
      if (findings.some(({ unowned }) => !unowned)) return keep(thing, 'a machine or volume that stays may use it');
      return { ...thing, unowned: true, why: 'abandoned' };
    });
  const order = ({ kind }: Tagged): number => (kind === 'machine' ? 0 : kind === 'volume' ? 1 : 2);
  return [...findings, ...rest].sort((a, b) => order(a) - order(b));
}

/** What belonged to one machine and has none now tells its age; it is called by the name of that machine. */
const hasTimeOfItsOwn = ({ kind, createdAt }: Tagged): boolean =>
  kind === 'machine' || kind === 'volume' || createdAt !== undefined;

function judgeOne(
  thing: Tagged,
  { owners, now, afterMs }: { readonly owners: Owners; readonly now: number; readonly afterMs: number },
): Finding {
  const owner = owners.kind === 'deployment' ? ownerOf(thing, owners) : undefined;
  if (owner !== undefined) return keep(thing, owner);
  if (thing.createdAt === undefined) return keep(thing, 'the cloud does not tell how old it is');
  const age = now - thing.createdAt;
  if (age < afterMs) return keep(thing, `nobody has it, but it is younger than ${minutes(afterMs)}`);
  if (owners.kind === 'abandoned') return { ...thing, unowned: true, why: 'abandoned' };
  if (owners.kind === 'image') return { ...thing, unowned: true, why: 'the making of an image was cut short' };
  const what = thing.tags.application === '' ? "it is not the director's machine" : 'no application has it';
  return { ...thing, unowned: true, why: what };
}

/** Who has it, or why that cannot be said; undefined: nobody. */
function ownerOf(
  { kind, id, name, tags, attachedTo }: Tagged,
  { directorVm, records }: Extract<Owners, { kind: 'deployment' }>,
): string | undefined {
  if (tags.application === '') {
    // It outlives machines of directors: that is what it is for.
    if (kind === 'volume' && name === backupVolumeName) return 'backups of the director';
    // The disk that a machine started from is listed by some clouds as well, and goes with the machine.
    if (attachedTo !== undefined) return `attached to ${attachedTo}`;
    if (directorVm === undefined) return 'the director is being set up';
    return kind === 'machine' && id === directorVm ? "the director's machine" : undefined;
  }
  if (!records) return 'only the director knows whose it is, and it does not answer';
  const application = records.applications.get(tags.application);
  if (kind !== 'volume') {
    return records.machines.has(name) ? `of ${application ?? 'an application that is being deleted'}` : undefined;
  }
  if (attachedTo !== undefined) return `attached to ${attachedTo}`;
  // Data outlives machines: a volume is its application's, attached or not.
  return application === undefined ? undefined : `of ${application}`;
}

const keep = (thing: Tagged, why: string): Finding => ({ ...thing, unowned: false, why });

const minutes = (milliseconds: number): string => `${Math.round(milliseconds / 60_000)} minutes`;
