/** Certificates in words, and where they stand on the timeline. Pure. */
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import { type SecurityTexts, securityTexts } from './texts.ts';

const day = 86_400_000;

/** Whose it is: "Agent of guestbook", "ann, laptop". */
export function holderText(certificate: CertificateInfo, ownSerial?: string): string {
  const { kind, identity, application, applicationName = application, vm, user, device, serial } = certificate;
  const texts = securityTexts().holders;
  switch (kind) {
    case 'root':
      return texts.root(identity);
    case 'intermediate':
      return texts.intermediate;
    case 'director':
      return texts.director;
    case 'manager':
      return texts.manager(applicationName);
    case 'agent':
      return texts.agent(applicationName, vm);
    case 'host':
      return texts.host(vm);
    case 'user':
      return texts.user(user, device ?? (serial === ownSerial ? texts.thisDesktop : texts.desktopWithRoot));
  }
}

/** What stops working once it is revoked. */
export function effectOfRevoking(certificate: CertificateInfo): string {
  const texts = securityTexts().effects;
  switch (certificate.kind) {
    case 'manager':
      return texts.manager;
    case 'agent':
      return texts.agent;
    case 'host':
      return texts.host;
    case 'user':
      return certificate.device ? texts.device(certificate.device) : texts.desktop;
    default:
      return texts.other;
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
export const timelineMarks: readonly {
  readonly days: number;
  readonly mark: keyof SecurityTexts['timeline']['marks'];
}[] = [
  { days: 0, mark: 'today' },
  { days: 7, mark: 'week' },
  { days: 30, mark: 'month' },
  { days: 180, mark: 'halfYear' },
  { days: 730, mark: 'twoYears' },
  { days: 3653, mark: 'tenYears' },
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
  const texts = securityTexts().fromNow;
  if (days === 0) return texts.today;
  const many = Math.abs(days);
  if (many > 730) return (days > 0 ? texts.inYears : texts.yearsAgo)(Math.round(many / 365));
  return (days > 0 ? texts.inDays : texts.daysAgo)(many);
}

/** Certificates end without being renewed only where something is wrong: so long before their end it is said, ms. */
const soon = 5 * day;

/** The first line of the page: whether all is well, and if not, what is not. */
export function verdict(
  certificates: readonly CertificateInfo[],
  now: number,
): { readonly level: 'success' | 'warning'; readonly text: string } {
  const texts = securityTexts().health;
  const valid = certificates.filter(({ state }) => state === 'valid');
  const ending = valid.filter(({ notAfter }) => notAfter - now < soon);
  if (ending.length > 0) {
    const names = ending.slice(0, 3).map((one) => holderText(one));
    return {
      level: 'warning',
      text: texts.ending(ending.length, soon / day, names),
    };
  }
  const next = valid.toSorted((a, b) => a.notAfter - b.notAfter)[0];
  return {
    level: 'success',
    text: next ? texts.good(valid.length, fromNowText(next.notAfter, now)) : texts.none,
  };
}
