/** Where backups are kept beside this computer. What is there is sealed; its names tell times and SHA-256 of archives. */
import { z } from 'zod';

export interface PlaceToRead {
  /** For a person: `s3://bucket/prefix`, or a path. */
  readonly label: string;
  /** Sizes in bytes by name: `<time>-<id>.backup`, `blobs/<sha256>`. */
  list(signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
  /** Writes it to a file. @throws ConpaasError not_found, and others with what to do */
  get(name: string, file: string, signal: AbortSignal): Promise<void>;
}

/** One that this desktop copies to by itself. */
export interface Place extends PlaceToRead {
  /** Whole when resolved, and not there otherwise. @throws ConpaasError with what to do */
  put(name: string, file: string, signal: AbortSignal): Promise<void>;
  /** One that is not there is no error. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}

/** As the vault keeps it. */
export const BackupPlace = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('directory'),
    /** Absolute: of a disk, or of a share that is mounted. */
    path: z.string().startsWith('/'),
  }),
  z.strictObject({
    kind: z.literal('s3'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'A bucket has 3 to 63 lower-case letters, digits, . or -'),
    /** Without slashes around it; empty: none. */
    prefix: z.string().regex(/^([A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*)?$/, 'A prefix has letters, digits, . _ - and /'),
    region: z.string().regex(/^[a-z0-9-]{1,40}$/, 'A region is written like eu-west-1'),
    /** Of another service that speaks S3; Amazon's where absent. */
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
    accessKeyId: z.string().min(1).max(200),
    secretAccessKey: z.string().min(1).max(500),
  }),
  z.strictObject({
    /** Of the cloud, at the director's machine: the director writes there by itself. */
    kind: z.literal('volume'),
    sizeGb: z.number().int('A volume has a whole number of GB').min(1, 'A volume has 1 GB or more').max(16_000),
  }),
]);
export type BackupPlace = z.infer<typeof BackupPlace>;
export type VolumeOfBackups = Extract<BackupPlace, { kind: 'volume' }>;
export type CopiedTo = Exclude<BackupPlace, VolumeOfBackups>;

/** What may be shown of it. */
export function placeLabel(place: BackupPlace): string {
  if (place.kind === 'directory') return place.path;
  if (place.kind === 'volume') return `a volume of ${place.sizeGb} GB`;
  return `s3://${place.bucket}${place.prefix === '' ? '' : `/${place.prefix}`}`;
}
