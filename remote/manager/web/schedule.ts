/** When the next certificate for a name is to be asked for. Pure. Times: milliseconds since the epoch. */
import type { Failure } from '../../core/contract/errors.ts';
import { certificateFacts, type HttpsSettings, type WebCertificate } from '../../core/web/index.ts';

/** Attempts that have failed, one after the other. */
export interface Attempts {
  readonly count: number;
  readonly failure: Failure;
  /** Absent: not before something is changed. */
  readonly retryAt?: number | undefined;
  /** What was tried with (`settingsKey`): with other settings, it may work at once. */
  readonly settings: string;
}

export interface NameState {
  readonly certificate?: WebCertificate | undefined;
  readonly attempts?: Attempts | undefined;
  /** A user wants one now. */
  readonly asked?: boolean | undefined;
}

/** Who is to certify a name: `own`, or the directory of an ACME authority. */
export function sourceOf(settings: HttpsSettings): string {
  return settings.https_certificates === 'own' ? 'own' : settings.acme_directory;
}

/** What an attempt depends on. */
export function settingsKey(settings: HttpsSettings): string {
  const { acme_email, acme_root, acme_terms_agreed } = settings;
  const source = sourceOf(settings);
  return JSON.stringify(source === 'own' ? [source] : [source, acme_email, acme_root, acme_terms_agreed]);
}

/** @returns undefined: nothing to do before something is changed */
export function nextAttemptAt(
  { certificate, attempts, asked }: NameState,
  settings: HttpsSettings,
): number | undefined {
  if (asked) return 0;
  const failed = attempts?.settings === settingsKey(settings) ? attempts : undefined;
  if (certificate?.source !== sourceOf(settings)) return failed ? failed.retryAt : 0;
  const { notBefore, notAfter } = certificateFacts(certificate.chain);
  // As our own leaves, and as Let's Encrypt asks for: when a third of its life is left.
  const due = notBefore + (2 / 3) * (notAfter - notBefore);
  if (!failed) return due;
  return failed.retryAt === undefined ? undefined : Math.max(due, failed.retryAt);
}

/** Our own authority answers or is away for a moment. */
const ownPauses = { first: 5_000, factor: 2, longest: 300_000 };
/** Let's Encrypt allows five failed validations of a name in an hour. Source: https://letsencrypt.org/docs/rate-limits */
const acmePauses = { first: 60_000, factor: 4, longest: 6 * 3_600_000 };

/**
 * How long to wait after so many failures, milliseconds.
 * @param least what the authority asks for
 */
export function pauseAfter(count: number, source: string, least = 0): number {
  const { first, factor, longest } = source === 'own' ? ownPauses : acmePauses;
  return Math.max(least, Math.min(longest, first * factor ** (count - 1)));
}
