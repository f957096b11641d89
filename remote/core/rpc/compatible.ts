/** Versions of the contract may differ by one: a caller further away is told so, whatever it wants. */
import type { IncomingMessage } from 'node:http';
import { ConpaasError } from '../contract/errors.ts';
import { headers } from './wire.ts';

export interface Speaker {
  readonly role: string;
  /** Version of the product, for people. */
  readonly product: string;
  /** Version of the contract. */
  readonly contract: number;
}

/** @throws ConpaasError incompatible */
export function refuseOtherContract(request: IncomingMessage, { role, product, contract }: Speaker): void {
  const text = request.headers[headers.contract];
  if (typeof text !== 'string' || !/^[0-9]{1,6}$/.test(text)) return;
  const theirs = Number(text);
  if (Math.abs(theirs - contract) <= 1) return;
  const what = `This ${role} (ConPaaS ${product}) speaks version ${contract} of the contract, the caller version ${theirs}. They may differ by one.`;
  const advice =
    theirs > contract
      ? 'Upgrade it step by step, with each version of ConPaaS in between: conpaas director upgrade'
      : 'Install a newer ConPaaS where the call came from.';
  throw new ConpaasError('incompatible', `${what} ${advice}`);
}
