/** A manifest after validation: every default filled in, still in the manifest's own words, and still a manifest. */
import type { Placement } from '../service/placement.ts';

/** A blob at the director. `Tree` is the hash of the uncompressed tar, where the archive was packed from a folder. */
export interface BlobSource {
  readonly Blob: string;
  /** What it was called where it came from. */
  readonly Name?: string | undefined;
  readonly Tree?: string | undefined;
}

/** Where a file comes from: a URL, a local path, a git URL, or a blob that is at the director already. */
export type Source = string | BlobSource;

export interface SecretReference {
  readonly Secret: string;
}

export interface ManifestHealthCheck {
  readonly Path: string;
  /** Seconds. */
  readonly Timeout: number;
}

export interface ManifestService {
  readonly Type: string;
  readonly ServiceName: string;
  readonly Start: boolean;
  readonly Cloud?: string;
  /** Nodes per role; roles that are left out keep what they have (at first: the default of the type). */
  readonly StartupInstances?: Readonly<Record<string, number>>;
  readonly StartupScript?: Source;
  /** Laid one over the other, in this order. */
  readonly Archive?: readonly Source[];
  readonly Dump?: Source;
  readonly Password?: string | SecretReference;
  readonly Environment: Readonly<Record<string, string>>;
  readonly Secrets: readonly string[];
  /** Only the keys that were given, checked by the type. */
  readonly Configuration: Readonly<Record<string, unknown>>;
  readonly Needs: readonly string[];
  readonly HealthCheck?: ManifestHealthCheck;
  readonly Domains?: readonly string[];
}

export interface Manifest {
  readonly Version: 1;
  readonly Application: string;
  readonly Description: string;
  /** Absent: as it is; packed at first. */
  readonly Placement?: Placement;
  readonly Services: readonly ManifestService[];
}

/** What parsing gives: the manifest, and what the user should know although it is valid. */
export interface CheckedManifest {
  readonly manifest: Manifest;
  readonly warnings: readonly string[];
}

/** Keys and indexes from the top of a document to a value. */
export type DocumentPath = readonly (string | number)[];

/** `$.Services[0].Archive`. */
export function formatPath(path: DocumentPath): string {
  let text = '$';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += /^[A-Za-z_$][\w$-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  return text;
}
