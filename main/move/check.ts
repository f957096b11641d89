/** Whether a moved application answers as it should, asked as its visitors do: by HTTP, through its proxies. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApplicationInfo } from '../../remote/core/contract/application.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';

/** So long a new application may take until it answers, and one answer may, milliseconds. */
const patienceMs = 60_000;
const answerMs = 15_000;
const againMs = 250;

export interface Answer {
  readonly service: string;
  readonly url: string;
  readonly status: number;
}

/** Status of one request; the text of why there is none. */
async function ask(url: string, signal: AbortSignal): Promise<number | string> {
  try {
    const answer = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    signal.throwIfAborted();
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}

/**
 * Asks every running service that has an address for the page of its health check, or its first page.
 * @param like the old application: where its page is no better, it need not be here
 * @throws ConpaasError health_check_failed: one does not answer, with what it said
 */
export async function checkAnswers(
  application: ApplicationInfo,
  like: ApplicationInfo | undefined,
  signal: AbortSignal,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { name, running, address, healthCheck } of application.services) {
    if (!running || address === undefined) continue;
    const page = healthCheck?.path ?? '/';
    const url = new URL(page, `${address}/`).href;
    const before = like?.services.find((service) => service.name === name)?.address;
    const until = performance.now() + patienceMs;
    for (;;) {
      const status = await ask(url, signal);
      const usual = before === undefined ? undefined : await ask(new URL(page, `${before}/`).href, signal);
      if (typeof status === 'number' && (status < 400 || status === usual)) {
        answers.push({ service: name, url, status });
        break;
      }
      if (performance.now() > until) {
        throw new ConpaasError(
          'health_check_failed',
          `${name} does not work there: ${url} ${typeof status === 'number' ? `answers ${status}` : `gives no answer (${status})`}. Look at its logs, then go on, or take the move back.`,
          { retry: true },
        );
      }
      await delay(againMs, undefined, { signal });
    }
  }
  return answers;
}
