/** Which release of its program a control process should run, and what its host found when it tried it. */
import { z } from 'zod';
import { Failure } from './errors.ts';

/** As `release.json` names it; also a directory. */
export const ReleaseId = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,80}$/);

/** The bundles of a release, each one file. */
export const bundleFiles = ['host.mjs', 'director.mjs', 'manager.mjs', 'agent.mjs'] as const;
/** What belongs to a release on a machine: of a cloud also the Node that its bundles run on. */
export const programFiles = [...bundleFiles, 'node'] as const;
export type ProgramFile = (typeof programFiles)[number];

export const Program = z.object({
  release: ReleaseId,
  /** What must be there before it is started: SHA-256 by name, lower-case hex. */
  files: z.partialRecord(z.enum(programFiles), z.string().regex(/^[0-9a-f]{64}$/)),
  /** A release that has failed is tried again when this is another number. */
  attempt: z.number().int(),
});
export type Program = z.infer<typeof Program>;

/** A trial that did not go well. */
export const FailedProgram = z.object({ release: ReleaseId, attempt: z.number().int(), failure: Failure });
export type FailedProgram = z.infer<typeof FailedProgram>;

/** `program.json` in the home of a control process, kept by its host. */
export const ProgramState = z.object({
  /** Has served; it is what runs unless another is being tried. */
  good: ReleaseId,
  /** What was good before: kept for the way back. */
  previous: ReleaseId.optional(),
  failed: FailedProgram.optional(),
});
export type ProgramState = z.infer<typeof ProgramState>;

/** `serving.json` in its home, written by the process itself once it serves: by this its host knows. */
export const Serving = z.object({ release: z.string(), version: z.string(), contract: z.number(), pid: z.number() });
export type Serving = z.infer<typeof Serving>;

/** `host-program.json` of a machine: which release its host is of. Kept by the hosts themselves, and by what guards a trial. */
export const HostState = ProgramState.extend({
  /** It is to prove that it serves; until then nothing but this trial is begun. */
  trying: z
    .object({
      release: ReleaseId,
      attempt: z.number().int(),
      /** So many times it has been started. */
      starts: z.number().int(),
      /** By the machine's clock, milliseconds since the epoch: it has failed then. */
      until: z.number(),
      /** The process that was started last. */
      process: z.object({ pid: z.number().int(), startTime: z.number(), bootId: z.string() }).optional(),
    })
    .optional(),
});
export type HostState = z.infer<typeof HostState>;

/** What the host of a machine tells of itself. */
export const HostFacts = z.object({
  release: z.string(),
  version: z.string(),
  contract: z.number().int(),
  good: ReleaseId.optional(),
  previous: ReleaseId.optional(),
  failed: FailedProgram.optional(),
});
export type HostFacts = z.infer<typeof HostFacts>;

/** Beside the releases of a machine: what was brought there, perhaps in part. */
export const incoming = 'incoming';
export const programFile = 'program.json';
export const servingFile = 'serving.json';
