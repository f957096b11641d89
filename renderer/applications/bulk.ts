/** Doing something to several applications at once. */
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf } from '../hub/client.ts';
import { applicationsTexts } from './texts.ts';

export interface BulkResult {
  readonly done: number;
  readonly failures: readonly { readonly name: string; readonly failure: Failure }[];
}

/** So many are asked for at the same time. */
const atOnce = 4;

/** Does `work` for each; one that fails does not keep the others from being done. */
export async function each<T extends { readonly name: string }>(
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<BulkResult> {
  const waiting = [...all];
  const failures: { name: string; failure: Failure }[] = [];
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const { name } = one;
      await work(one).catch((thrown: unknown) => failures.push({ name, failure: failureOf(thrown) }));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { done: all.length - failures.length, failures };
}

/** What went wrong, in a sentence. */
export function failuresText({ failures }: BulkResult): string {
  const [first] = failures;
  if (!first) return '';
  return applicationsTexts().bulk.failed(first.name, first.failure.message, failures.length - 1);
}
