/** Certificates in words, and where they stand on the timeline. Pure. */
import type { CertificateInfo } from '../../remote/core/contract/security.ts';

const day = 86_400_000;

/** Whose it is: "Agent of guestbook", "ann, laptop". */
export function holderText(certificate: CertificateInfo, ownSerial?: string): string {
  const { kind, identity, application, applicationName = application, vm, user, device, serial } = certificate;
  switch (kind) {
    case 'root':
      return `Root (${identity})`;
    case 'intermediate':
      return 'Intermediate of the director';
    case 'director':
      return 'Director';
    case 'manager':
      return `Manager of ${applicationName}`;
    case 'agent':
      return `Agent of ${applicationName} on ${vm}`;
    case 'host':
      return `Host of the machine ${vm}`;
    case 'user':
      return `${user}, ${device ?? (serial === ownSerial ? 'this desktop' : 'a desktop with the root')}`;
  }
}

/** What stops working once it is revoked. */
export function effectOfRevoking(certificate: CertificateInfo): string {
  switch (certificate.kind) {
    case 'manager':
      return 'The manager can command nobody any more: its application goes on running, but cannot be changed or repaired until the manager is replaced.';
    case 'agent':
      return 'The agent is believed by nobody any more: its nodes go on running, but cannot be changed, watched or repaired until its machine is replaced.';
    case 'host':
      return 'The host is told nothing any more: what runs on its machine goes on, but nothing can be added there until the machine is replaced.';
    case 'user':
      return certificate.device
        ? `${certificate.device} is shut out at once. To come back it needs a new hand-over file.`
        : 'The desktop is shut out at once. One that holds the root can let itself in again: only rotating the root ends that.';
    default:
      return 'It is believed by nobody any more.';
  }
}

/** Whether it may be revoked on its own: what everything hangs on is replaced instead. */
export function isRevocable({ kind, state }: CertificateInfo): boolean {
  return (state === 'valid' || state === 'replaced') && ['manager', 'agent', 'host', 'user'].includes(kind);
}

/** Whether it can be renewed from here. */
export function isRenewable({ kind, state }: CertificateInfo, holdsRoot: boolean): boolean {
  if (state !== 'valid') return false;
  return kind === 'intermediate' ? holdsRoot : ['director', 'manager', 'agent', 'host'].includes(kind);
}

/** Marks of the timeline: days from today. */
export const timelineMarks: readonly { readonly days: number; readonly label: string }[] = [
  { days: 0, label: 'today' },
  { days: 7, label: '1 week' },
  { days: 30, label: '1 month' },
  { days: 180, label: '6 months' },
  { days: 730, label: '2 years' },
  { days: 3653, label: '10 years' },
];

/** Where a moment stands on the timeline, 0 to 1: the marks are evenly spaced, so that near ends are far apart. */
export function timelinePlace(at: number, now: number): number {
  const days = (at - now) / day;
  const last = timelineMarks.length - 1;
  for (let index = 0; index < last; index += 1) {
    const from = timelineMarks[index]?.days ?? 0;
    const to = timelineMarks[index + 1]?.days ?? from;
    if (days <= to) return Math.max(0, (index + Math.max(0, days - from) / (to - from)) / last);
  }
  return 1;
}

/** `in 12 days`, `3 days ago`. */
export function fromNowText(at: number, now: number): string {
  const days = Math.round((at - now) / day);
  if (days === 0) return 'today';
  const many = Math.abs(days);
  const text = many > 730 ? `${(many / 365).toFixed(0)} years` : `${many} ${many === 1 ? 'day' : 'days'}`;
  return days > 0 ? `in ${text}` : `${text} ago`;
}

/** Certificates end without being renewed only where something is wrong: so long before their end it is said, ms. */
const soon = 5 * day;

/** The first line of the page: whether all is well, and if not, what is not. */
export function verdict(
  certificates: readonly CertificateInfo[],
  now: number,
): { readonly level: 'success' | 'warning'; readonly text: string } {
  const valid = certificates.filter(({ state }) => state === 'valid');
  const ending = valid.filter(({ notAfter }) => notAfter - now < soon);
  if (ending.length > 0) {
    const names = ending.slice(0, 3).map((one) => holderText(one));
    return {
      level: 'warning',
      text: `${ending.length} end within ${soon / day} days and were not renewed: ${names.join(', ')}. Renew them now.`,
    };
  }
  const next = valid.toSorted((a, b) => a.notAfter - b.notAfter)[0];
  return {
    level: 'success',
    text: next
      ? `All ${valid.length} certificates in use are valid and renew themselves; the next ends ${fromNowText(next.notAfter, now)}.`
      : 'There are no certificates yet.',
  };
}
