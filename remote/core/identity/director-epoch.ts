/**
 * The epoch of a director: raised by the desktop each time it is restored on another machine. It stands in the certificate
 * of the director's intermediate, which the root alone signs, so an old director can neither raise nor hide it. Whoever
 * has seen a higher one refuses the lower.
 */
import { X509Certificate } from 'node:crypto';

/** As the subject of an intermediate tells it; the first has none. */
export const epochUnit = (epoch: number): string => `epoch ${epoch}`;

/** Of an intermediate; 1: the first. */
export function epochOf(intermediate: X509Certificate): number {
  const match = /^OU=epoch ([1-9][0-9]{0,8})$/m.exec(intermediate.subject);
  return match ? Number(match[1]) : 1;
}

/** Of the director that presents a chain, PEM, leaf first. */
export function directorEpoch(chain: readonly string[]): number {
  return chain[1] === undefined ? 1 : epochOf(new X509Certificate(chain[1]));
}
