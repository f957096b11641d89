/** How the host of a VM is called by running a program there: curl where it can be, else `host.mjs --call`. */
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { ConpaasError, type Failure } from '../../contract/errors.ts';
import type { machineHostMethods } from '../../contract/machine-host.ts';
import type { ParamsOf } from '../../contract/method.ts';
import { hostDirectory, programsDirectory } from './layout.ts';
import type { Transport } from './transport.ts';

/** What `host.mjs --call` prints. */
export type HostAnswer = { readonly result: unknown } | { readonly failure: Failure };

type Methods = typeof machineHostMethods;
type Called = Exclude<keyof Methods, 'hello'>;

/**
 * A host that does not serve by then does not come up. It starts in a second, a program is copied in some; an emulated machine
 * takes minutes where it shares its processor with others.
 */
const patienceMs = 300_000;

/** A call that is not answered by then is made anew, seconds. */
const curlSeconds = 120;

/** What a shell answers where a program is not there. */
const absent = 127;

type Answer = HostAnswer | { readonly away: readonly string[] };

/** Asks once. */
type Ask = (method: string, input: string, signal: AbortSignal) => Promise<Answer>;

const byHost =
  (transport: Transport, server: string): Ask =>
  async (method, input, signal) => {
    const command = [
      `${programsDirectory}/node`,
      '--disable-warning=ExperimentalWarning',
      `${programsDirectory}/host.mjs`,
      '--call',
      hostDirectory,
      method,
    ];
    const { code, output, errors } = await transport.run(server, command, input, signal);
    const answer = code === 0 ? (JSON.parse(output) as HostAnswer) : undefined;
    if (answer && 'failure' in answer && answer.failure.code === 'unreachable')
      return { away: [answer.failure.message] };
    return answer ?? { away: errors.trimEnd().split('\n') };
  };

/**
 * A Node that starts takes a slow machine seconds, curl next to nothing.
 * @returns undefined: the machine has no curl
 */
async function byCurl(
  transport: Transport,
  server: string,
  method: string,
  input: string,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const command = [
    ...['curl', '--silent', '--show-error', '--include', '--max-time', String(curlSeconds)],
    ...['--unix-socket', `${hostDirectory}/host.sock`],
    ...['--header', 'content-type:application/json', '--header', 'Expect:'],
    ...['--header', `conpaas-timeout:${curlSeconds * 1000}`],
    ...['--data-binary', '@-', `http://host/v1/${method}`],
  ];
  const { code, output, errors } = await transport.run(server, command, input, signal);
  if (code === absent) return undefined;
  const [, status, body] = /^HTTP\/1\.1 (\d{3}).*?\r\n\r\n(.*)$/s.exec(output) ?? [];
  if (code !== 0 || body === undefined) return { away: errors.trimEnd().split('\n') };
  if (status === '200') return { result: JSON.parse(body) };
  const { failure } = JSON.parse(body) as { readonly failure?: Failure };
  return failure ? { failure } : { away: [`The host answered with status ${status}.`] };
}

/**
 * Calls the host of a VM and waits for one that is just starting.
 * @param schema of the result
 * @throws ConpaasError as the host answers; `unreachable` where it does not come up; `not_found` where the VM is gone
 */
export async function callMachineHost<Name extends Called>(
  transport: Transport,
  server: string,
  name: Name,
  params: ParamsOf<Methods[Name]>,
  schema: z.ZodType<z.output<Methods[Name]['result']>>,
  signal: AbortSignal,
): Promise<z.output<Methods[Name]['result']>> {
  const deadline = performance.now() + patienceMs;
  const input = JSON.stringify(params);
  const ask = byHost(transport, server);
  let hasCurl = transport.endsInput ?? false;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 1000)) {
    signal.throwIfAborted();
    const askedAt = performance.now();
    const quick = hasCurl ? await byCurl(transport, server, name, input, signal) : undefined;
    hasCurl &&= quick !== undefined;
    const answer = quick ?? (await ask(name, input, signal));
    if ('result' in answer) return schema.parse(answer.result);
    if ('failure' in answer) throw ConpaasError.of(answer.failure);
    if (performance.now() > deadline) {
      throw new ConpaasError('unreachable', 'The host of the machine does not come up.', {
        retry: true,
        log: answer.away.slice(-15),
      });
    }
    // To ask takes the processor of a slow machine from what is waited for: at least as much is left to that.
    await delay(Math.max(pause, performance.now() - askedAt), undefined, { signal });
  }
}
