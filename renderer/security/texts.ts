/** The texts of the Security page. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';
import { largeCount } from '../texts/figures.ts';

const english = {
  health: {
    unknown: 'Whether all is well is not known.',
    again: 'Try again',
    reading: 'Reading the certificates.',
    ending: (count: number, days: number, names: readonly string[]) =>
      count === 1
        ? `1 ends within ${days} days and was not renewed: ${names.join(', ')}. Renew it now.`
        : `${count} end within ${days} days and were not renewed: ${names.join(', ')}. Renew them now.`,
    good: (count: number, next: string) =>
      `All ${count} certificates in use are valid and renew themselves; the next ends ${next}.`,
    none: 'There are no certificates yet.',
  },
  holders: {
    root: (identity: string) => `Root (${identity})`,
    intermediate: 'Intermediate of the director',
    director: 'Director',
    manager: (application: string | undefined) => `Manager of ${application}`,
    agent: (application: string | undefined, machine: string | undefined) => `Agent of ${application} on ${machine}`,
    host: (machine: string | undefined) => `Host of the machine ${machine}`,
    user: (user: string | undefined, device: string) => `${user}, ${device}`,
    thisDesktop: 'this desktop',
    desktopWithRoot: 'a desktop with the root',
  },
  /** What stops working once it is revoked. */
  effects: {
    manager:
      'The manager can command nobody any more: its application goes on running, but cannot be changed or repaired until the manager is replaced.',
    agent:
      'The agent is believed by nobody any more: its nodes go on running, but cannot be changed, watched or repaired until its machine is replaced.',
    host: 'The host is told nothing any more: what runs on its machine goes on, but nothing can be added there until the machine is replaced.',
    device: (device: string) => `${device} is shut out at once. To come back it needs a new hand-over file.`,
    desktop:
      'The desktop is shut out at once. One that holds the root can let itself in again: only rotating the root ends that.',
    other: 'It is believed by nobody any more.',
  },
  states: { valid: 'valid', replaced: 'replaced', expired: 'expired', revoked: 'revoked' },
  fromNow: {
    today: 'today',
    inDays: (days: number) => `in ${countText(days, 'day')}`,
    inYears: (years: number) => `in ${years} years`,
    daysAgo: (days: number) => `${countText(days, 'day')} ago`,
    yearsAgo: (years: number) => `${years} years ago`,
  },
  timeline: {
    label: (certificates: number) => `Ends of ${certificates} certificates; the table below has the dates`,
    rows: { authorities: 'Authorities', processes: 'Processes', people: 'People' },
    end: (holder: string, fromNow: string) => `${holder}: ends ${fromNow}`,
    marks: {
      today: 'today',
      week: '1 week',
      month: '1 month',
      halfYear: '6 months',
      twoYears: '2 years',
      tenYears: '10 years',
    },
  },
  backups: {
    failed: 'The backups could not be read.',
    heading: 'Backups of the director',
    intro:
      'The director keeps your applications, users and secrets. While this program is open, a copy of that comes here, encrypted, after changes: then a lost machine of the director costs nothing. Metrics and logs are not in it.',
    guest: 'The desktop that has made this director keeps its backups.',
    none: 'There is no backup yet.',
    noneWhy: 'If the machine of the director is lost now, its applications can be managed no more.',
    good: (time: string, size: string) => `The newest backup is of ${time} (${size}).`,
    goodOnVolume: (time: string) => `The newest backup is of ${time}, on the volume; there is none on this computer.`,
    underWay: 'A backup is being taken.',
    attemptFailed: 'The last backup failed.',
    every: (minutes: number) => `Changes are looked for at most every ${minutes} minutes.`,
    now: 'Back up now',
    taken: 'The backup is here.',
    nowFailed: 'The backup could not be taken.',
    columns: { time: 'Time', size: 'Size', applications: 'Applications' },
    noApplications: 'none',
    total: (count: number, size: string) =>
      `${countText(count, 'backup')} on this computer, ${size} in all. The last few stay, and one a day for two weeks.`,
    restore: 'Restore…',
    restoreFrom: (time: string) => `Restore from ${time}`,
    restoreNewest: (time: string) => `Restore the director from ${time}…`,
    restoreFromVolume: 'Restore the director from its volume…',
    unusable: (count: number) => `${countText(count, 'backup')} cannot be used`,
    unusableDo:
      'Restore from another one. If a vault that you have a copy of sealed it, import that vault (Security → Vault). Otherwise remove the file: while it is there, older backups are not removed.',
    elsewhere: {
      heading: 'A copy elsewhere',
      none: 'All backups are on this computer. If it is lost, they are lost with it.',
      there: (label: string) => `Each backup is copied to ${label}, encrypted.`,
      behind: 'The newest is not there yet.',
      keepVault: 'Without this vault nobody can read them: keep an export of it, too.',
      volume: (size: number) =>
        `The director itself keeps backups on a volume of ${size} GB at its cloud, encrypted for this computer, also while this program is closed.`,
      onVolume: (count: number, newest: string) => `${countText(count, 'backup')} there, the newest of ${newest}.`,
      notOnVolume: 'The newest changes are not there yet; they follow within minutes.',
      volumeFailed: 'The director could not write a backup to its volume. It tries again.',
      choose: 'Copy to a bucket…',
      chooseVolume: 'Keep on a volume…',
      change: 'Change to a bucket…',
      restoreFromVolume: 'Restore from the volume…',
      remove: 'Remove the volume…',
      removeTitle: 'Remove the volume?',
      removeText: (name: string) =>
        `The volume of ${name} is removed with all backups on it. Those on this computer stay.`,
      removeAction: 'Remove',
      removed: 'The volume is gone. Backups are on this computer alone.',
      volumeChosen: 'The first backup is on the volume.',
      stop: 'Copy no more',
      stopped: 'Backups are not copied any more. What is in the bucket stays there.',
      chosen: 'Backups are copied there from now on.',
      notStopped: 'That could not be changed.',
      protect: 'Protect the vault first',
      protectText: 'A key file is not enough for the key of a bucket.',
      volumeDialog: {
        title: 'Keep backups on a volume',
        text: 'A volume is made at the cloud of the director and attached to its machine. The director writes there by itself, within about ten minutes of a change. Nobody can read it without this vault, the director neither. The cloud charges for it as for any volume.',
        action: 'Make the volume',
        making: 'Making it…',
        failed: 'There is no volume for backups.',
        size: 'Size in GB',
        sizeHint: 'Backups take 4 GiB at most.',
        sizeWrong: (most: number) => `A whole number from 1 to ${largeCount(most)} is expected.`,
        here: 'This director is on this computer, and so will its volume be: it helps where the director alone is lost, not where the computer is.',
      },
      dialog: {
        title: 'Copy backups to a bucket',
        text: 'Amazon S3, or another service that speaks it. The bucket must be there, and private. It is tried at once.',
        action: 'Try and use it',
        trying: 'Trying…',
        failed: 'It cannot be used.',
        bucket: 'Bucket',
        prefix: 'Folder in it',
        region: 'Region',
        endpoint: 'Address of the service',
        endpointHint: "Leave it empty for Amazon's",
        accessKeyId: 'Access key ID',
        secretAccessKey: 'Secret access key',
        keyHint: 'It needs s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject there, and nothing else.',
      },
    },
    dialog: {
      title: 'Make the director anew?',
      text: (time: string | undefined) =>
        `A new director is made on another machine from the ${time === undefined ? 'newest backup on the volume' : `backup of ${time}`}, and the machine of the present one is destroyed. Applications go on running. What has changed since then is taken over from their managers where these answer; applications made since then are lost. Other devices and people need a new hand-over file.`,
      action: 'Restore',
    },
  },
  certificates: {
    heading: 'Certificates',
    failed: 'The certificates could not be read',
    ends: 'When they end',
    also: (count: number) => `Also the ${count} replaced, ended or revoked`,
    renewAllAction: 'Renew all certificates',
    renewAll: 'Renew all',
    renewing: 'Renewing…',
    renewed: (count: number) => `${countText(count, 'certificate was', 'certificates were')} renewed.`,
    notReached: (count: number, missed: readonly string[]) =>
      `${countText(count, 'certificate was', 'certificates were')} renewed. Not reached: ${missed.join(', ')}.`,
    notRenewed: 'They were not renewed',
    whose: 'Whose',
    columns: ['State', 'Ends', 'Serial'],
    actions: 'Actions',
    renewedThis: (holder: string) => `${holder}: renewed.`,
    notRenewedThis: (holder: string, why: string) => `${holder} could not renew it: ${why}`,
    savedAs: (file: string) => `Saved as ${file}.`,
    signing: 'Signed anew by the root, and being taken up by the director…',
    renew: 'Renew',
    renewThis: (holder: string) => `Renew ${holder}`,
    save: 'Export',
    saveThis: (holder: string) => `Export ${holder}`,
    revokeMore: 'Revoke…',
    revokeThis: (holder: string) => `Revoke ${holder}`,
    revokeQuestion: (holder: string) => `Revoke the certificate of ${holder}?`,
    revokeText: (effect: string) => `${effect} This cannot be taken back.`,
    revoke: 'Revoke',
    revoked: 'Revoked. Managers and agents know it already.',
  },
  websites: {
    title: 'Authority for websites',
    text: 'Certifies domains with private names. It has nothing to do with the certificates above: none of them is of its making, and no process trusts it.',
    trust: 'How to trust it…',
  },
  rotation: {
    heading: 'Rotate the root',
    text: 'Replaces the root that everything here trusts, while all of it runs: after a computer was lost, or every few years. Other devices must have connected meanwhile, or they need a new hand-over file.',
    cutShort: 'A rotation was cut short. Both roots are accepted until it is finished.',
    done: 'The root was rotated; the old one is trusted by nobody any more.',
    rotateMore: 'Rotate the root…',
    goOn: 'Go on',
    rotating: 'Rotating…',
    question: 'Rotate the root?',
    questionText:
      'A new root and a new intermediate are made, every manager, agent and this desktop get new certificates, and the old root goes. Applications go on running.',
    /** Typed to confirm. */
    word: 'rotate',
    rotate: 'Rotate',
  },
  vault: {
    failed: 'The state of the vault could not be read',
    protection: 'Protection',
    kinds: {
      keychain: 'The keychain of this computer protects the vault: a copy of your files tells nobody its keys.',
      passphrase: 'A passphrase protects the vault: a copy of your files tells nobody its keys.',
      keyfile:
        'A key file protects the vault: whoever can read your files can read its keys. Enough for applications on this computer alone.',
    },
    protected: 'The vault is protected anew.',
    change: 'Change protection…',
    changePassphrase: 'Change passphrase or protection…',
    lock: 'Lock',
    lockAction: 'Lock the vault now',
    lockAfter: 'When you are away for',
    never: 'never',
    minutes: (count: number) => `${count} minutes`,
    lockNow: 'Lock now',
    lockText: 'Also when the screen is locked. Keys leave the memory of this program; applications go on running.',
    files: 'Export and import',
    filesText:
      'Roots, credentials and the list of deployments as one encrypted file: a copy for the case that this computer is lost. Applications and their data are not in it.',
    exportMore: 'Export everything…',
    importMore: 'Import…',
    exportTitle: 'Export everything',
    exportText: 'The file is encrypted by the passphrase that you choose now.',
    exported: 'The export is saved.',
  },
};

export type SecurityTexts = typeof english;

const texts: Catalogue<SecurityTexts> = { en: english };

export const useSecurityTexts = (): SecurityTexts => useCatalogue(texts);
export const securityTexts = (): SecurityTexts => textsOf(texts);
