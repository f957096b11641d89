/** Removes something of EC2 as soon as no machine uses it any more. */
import { onceFree as workOnceFree } from '../machines/once-free.ts';
import { isInUse, isNotFound, plainError } from './errors.ts';

/**
 * @param remove throws the cloud's own errors where something is in use or gone
 * @param action the IAM action that it needs
 */
export function onceFree(remove: () => Promise<unknown>, signal: AbortSignal, action: string): Promise<void> {
  const plain = (error: unknown): unknown => plainError(error, action);
  return workOnceFree({ work: remove, isGone: isNotFound, isInUse, plain }, signal);
}
