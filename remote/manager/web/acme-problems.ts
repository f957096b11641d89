/** What an ACME authority says, in words that help. Pure. Types of problems: RFC 8555 6.7. */
import { ConpaasError, toFailure } from '../../core/contract/errors.ts';
import { AcmeProblem } from './acme-http.ts';

interface Words {
  /** Completes "… has not certified NAME: …". */
  readonly what: string;
  readonly advice: string;
  /** Whether the same again may work, without anybody doing anything. */
  readonly retry?: false;
}

const advices = {
  dns: 'Check that the DNS has an A (or AAAA) record of the name that leads to the proxy.',
  port: 'Check that the name leads to the proxy, and that port 80 of it can be reached from the internet (firewall, router).',
} as const;

const words: Readonly<Record<string, Words>> = {
  dns: { what: 'it found no address for the name', advice: advices.dns },
  connection: { what: 'it could not connect to the name on port 80', advice: advices.port },
  unauthorized: {
    what: 'something else than our proxy answered for the name',
    advice: 'Check that the DNS leads to the proxy and nowhere else (also by AAAA records), with nothing in between.',
  },
  incorrectResponse: {
    what: 'something else than our proxy answered for the name',
    advice: 'Check that the DNS leads to the proxy and nowhere else, with nothing in between.',
  },
  tls: { what: 'it was sent to HTTPS, which failed', advice: advices.port },
  caa: {
    what: 'the DNS allows other authorities only (CAA record)',
    advice: 'Add a CAA record of this authority, or remove those that there are.',
  },
  rateLimited: {
    what: 'too many certificates were asked for',
    advice: 'It is tried again when the authority allows it.',
  },
  rejectedIdentifier: {
    what: 'it does not certify this name',
    advice: 'Use a name that you own on the internet, or set https_certificates to own.',
    retry: false,
  },
  unsupportedContact: {
    what: 'it does not accept the e-mail address',
    advice: 'Change acme_email, or leave it empty.',
    retry: false,
  },
  invalidContact: {
    what: 'it does not accept the e-mail address',
    advice: 'Change acme_email, or leave it empty.',
    retry: false,
  },
  externalAccountRequired: {
    what: 'it wants an account that was made at its own website',
    advice: 'Choose another authority (acme_directory): accounts of that kind are not supported.',
    retry: false,
  },
  userActionRequired: {
    what: 'its terms have changed',
    advice: 'Read them, and set acme_terms_agreed to Off and to On again.',
    retry: false,
  },
  serverInternal: { what: 'it has a problem of its own', advice: 'It is tried again later.' },
};

/** Rate limits of Let's Encrypt count by the hour where it does not say for how long. */
const leastPauseMs = 3_600_000;

/** A failure that says who has refused what, why, and what to look at; the words of the authority are its log. */
export function orderFailure(error: unknown, of: { readonly name: string; readonly authority: string }): Error {
  if (!(error instanceof AcmeProblem)) {
    if (error instanceof ConpaasError) return error;
    if (error instanceof Error && error.name === 'TimeoutError') {
      return new ConpaasError(
        'deadline_exceeded',
        `${of.authority} has not decided about ${of.name} in time. It is tried again later.`,
        { retry: true, cause: toFailure(error) },
      );
    }
    const said = plain(error instanceof Error ? error.message : String(error));
    return new ConpaasError('source_unreachable', `${of.authority} has not certified ${of.name}. It said: ${said}`, {
      retry: true,
    });
  }
  const known = words[error.type];
  const why = known ? `: ${known.what}. ${known.advice}` : '.';
  const failure = new ConpaasError(
    'source_unreachable',
    `${of.authority} has not certified ${of.name}${why} It said: ${plain(error.message)}`,
    { retry: known?.retry ?? true },
  );
  const least = error.type === 'rateLimited' ? Math.max(leastPauseMs, error.leastPauseMs) : error.leastPauseMs;
  return Object.assign(failure, { leastPauseMs: least });
}

/** Words of others: no line breaks or controls, not endless. */
function plain(said: string): string {
  const line = said.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}
