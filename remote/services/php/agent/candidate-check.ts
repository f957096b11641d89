/** Asks a pool that is not live yet for the page that says whether a version is well. */
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../../../core/contract/errors.ts';
import { patienceHere } from '../../../core/supervisor/index.ts';
import type { HealthGate } from '../configuration.ts';
import { candidateHeaders, type PoolTarget } from './nginx-configuration.ts';

export interface CandidateServer {
  readonly address: string;
  readonly port: number;
  /** Name of nginx's private server. */
  readonly host: string;
}

/**
 * Resolves when the page answers as it should.
 * @param engineLines what PHP-FPM has written since the pool was started
 * @throws ConpaasError health_check_failed, to be tried again where it only was late
 */
export async function checkCandidate(
  server: CandidateServer,
  target: PoolTarget,
  gate: HealthGate,
  engineLines: () => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  const fail = async (what: string, body: string, retry = false): Promise<never> => {
    const engine = await whatPhpSays(engineLines);
    const shown = body.split('\n').filter((line) => line.trim() !== '');
    throw new ConpaasError(
      'health_check_failed',
      `${gate.path} ${what}. The version that was live before goes on serving; correct the code and upload it again.`,
      { log: engine.length > 0 ? engine : shown.slice(0, 10), ...(retry && { retry }) },
    );
  };
  let answer: Answer;
  try {
    answer = await ask(server, target, gate, signal);
  } catch (error) {
    signal.throwIfAborted();
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return fail(
      timedOut
        ? `did not answer within ${gate.timeoutMs * patienceHere()} ms`
        : 'closed the connection without an answer',
      '',
      timedOut,
    );
  }
  if (answer.status >= gate.below) return fail(`answers with status ${answer.status}`, answer.body);
  // Where errors are shown in the page, PHP answers 200 with the error as its text.
  if (/\b(?:Parse|Fatal) error(?:<\/b>)?: .* on line (?:<b>)?\d+/s.test(answer.body)) {
    return fail('ends in an error', answer.body.replaceAll(/<[^>]*>/g, ''));
  }
}

/** How long the answer may be ahead of what PHP-FPM's master passes on of its child's output. */
const outputLateMs = 500;

/** PHP's own words, without PHP-FPM's talk of itself. */
async function whatPhpSays(engineLines: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const deadline = performance.now() + outputLateMs;
  for (;;) {
    const lines = (await engineLines()).filter((line) => !/^\[[^\]]*\] NOTICE: /.test(line));
    if (lines.length > 0 || performance.now() > deadline) return lines;
    await delay(20);
  }
}

interface Answer {
  readonly status: number;
  /** The first bytes of it. */
  readonly body: string;
}

const shownBytes = 64 * 1024;

function ask(server: CandidateServer, target: PoolTarget, gate: HealthGate, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: server.address,
        port: server.port,
        path: gate.path,
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(gate.timeoutMs * patienceHere())]),
        headers: {
          host: server.host,
          'user-agent': 'ConPaaS health check',
          [candidateHeaders.tree]: target.tree,
          [candidateHeaders.socket]: target.socket,
          [candidateHeaders.host]: 'localhost',
        },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          if (body.length < shownBytes) body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    asked.on('error', (error) => {
      // The signal's own reason says whether time was up.
      const reason: unknown = error.name === 'AbortError' ? error.cause : undefined;
      reject(reason instanceof Error ? reason : error);
    });
    asked.end();
  });
}
