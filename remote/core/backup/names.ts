/** How files of backups are called: `<time>-<id>.backup`, and `blobs/<sha256>`. Their names sort by time. */

const namePattern = /^(\d{4}-\d\d-\d\dT)(\d\d)(\d\d)(\d\d\.\d{3}Z)-(backup-[a-z2-7]+)\.backup$/;

export function backupName({ backup, createdAt }: { readonly backup: string; readonly createdAt: number }): string {
  return `${new Date(createdAt).toISOString().replaceAll(':', '')}-${backup}.backup`;
}

/** Milliseconds since the epoch; undefined: it is no backup. */
export function timeIn(name: string): number | undefined {
  const [, day = '', hours = '', minutes = '', seconds = ''] = namePattern.exec(name) ?? [];
  return day === '' ? undefined : Date.parse(`${day}${hours}:${minutes}:${seconds}`);
}

/** The id of a backup, by the name of its file. */
export function idIn(name: string): string {
  return /-(backup-[a-z2-7]+)\.backup$/.exec(name)?.[1] ?? name;
}

/** What the name and the size of its file tell of a backup. */
export interface BackupCopy {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Without its blobs, bytes. */
  readonly size: number;
}

/** The backups among files, the newest first. @param files names and sizes in bytes */
export function copiesAmong(files: Iterable<readonly [name: string, size: number]>): BackupCopy[] {
  const found = [...files].flatMap(([name, size]) => {
    const createdAt = timeIn(name);
    return createdAt === undefined ? [] : [{ id: idIn(name), createdAt, size }];
  });
  return found.sort((a, b) => b.createdAt - a.createdAt);
}
