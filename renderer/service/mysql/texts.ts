/** The texts of the panel of a MySQL service. */
import { type Catalogue, textsOf, useCatalogue } from '../../texts/catalogue.ts';
import { countText } from '../../texts/count.ts';

const english = {
  stopped: 'The database is stopped. Start it to connect to it.',
  cancel: 'Cancel',
  connection: {
    title: 'Connection',
    text: "Reachable from the application's own machines, and from this computer on the local cloud.",
    failed: 'There is no address to connect to',
    /** What each is called, and the button that copies it for screen readers. */
    parts: {
      command: { name: 'Command', copy: 'Copy the command' },
      host: { name: 'Host', copy: 'Copy the host' },
      port: { name: 'Port', copy: 'Copy the port' },
      user: { name: 'User', copy: 'Copy the user' },
      database: { name: 'Database', copy: 'Copy the database' },
    },
    copy: 'Copy',
    copied: 'Copied.',
  },
  password: {
    name: 'Password',
    copyLabel: 'Copy the password',
    show: 'Show…',
    showLabel: 'Show the password',
    change: 'Change…',
    copyAction: (service: string) => `Copy the password of ${service}`,
    copied: 'The password is in the clipboard for 30 seconds.',
    failed: 'The password could not be had',
    changing: (service: string) =>
      `The password of ${service} is being changed; services that need it get the new one.`,
    label: 'New password',
    wrong: '8 printable ASCII characters or more',
    save: 'Change',
    notUndone: 'Not undone: the old one is not kept.',
  },
  dumps: {
    title: 'Dumps',
    text: 'A dump that fails to load leaves the data as it was.',
    drop: 'Drop a dump (.sql or .sql.gz) here to load it',
    wrong: 'Drop a dump: a .sql or .sql.gz file on this computer.',
    load: 'Load a dump…',
    loadAction: (service: string) => `Load a dump into ${service}…`,
    replaced: 'Tables of the same names are replaced.',
    loadInto: (service: string) => `Load into ${service}`,
    notLoaded: 'The dump was not loaded',
    take: 'Take a dump…',
    takeAction: (service: string) => `Take a dump of ${service}…`,
    packed: 'packed by gzip',
    notTaken: 'No dump was taken',
    fileSaved: (file: string, size: string) => `${file}: ${size} saved.`,
    /** The bars. */
    uploaded: 'Uploaded',
    saved: 'Saved',
    uploadedSize: (sent: string) => `Uploaded ${sent}`,
    uploadedOf: (sent: string, total: string) => `Uploaded ${sent} of ${total}`,
    savedSize: (sent: string) => `Saved ${sent}`,
    savedOf: (sent: string, total: string) => `Saved ${sent} of ${total}`,
  },
  figures: {
    title: 'Now',
    failed: 'The figures could not be read',
    running: (time: string) => `Running for ${time}`,
    queries: 'Queries',
    queriesAt: (rate: string) => `Queries ${rate}`,
    queriesLabel: 'Queries per second',
    rate: (perSecond: string) => `${perSecond}/s`,
    connections: (connected: number, limit: number) => `Connections ${connected} of ${limit}`,
    atWork: (running: number, most: number) => `${running} at work · ${most} at most so far`,
    slow: (count: number) => `${countText(count, 'slow statement')} since its start`,
    empty: 'No tables yet.',
    sizes: 'Sizes',
    columns: { name: 'Database and table', rows: 'Rows (estimate)', size: 'Size' },
    tables: (count: number) => countText(count, 'table'),
  },
};

export type MysqlTexts = typeof english;

const texts: Catalogue<MysqlTexts> = { en: english };

export const useMysqlTexts = (): MysqlTexts => useCatalogue(texts);

/** For what is said outside of components. */
export const mysqlTexts = (): MysqlTexts => textsOf(texts);
