/** How the host of a VM is called by running a program there: `host.mjs --call`. */
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
  const command = [
    `${programsDirectory}/node`,
    '--disable-warning=ExperimentalWarning',
    `${programsDirectory}/host.mjs`,
    '--call',
    hostDirectory,
    name,
  ];
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 1000)) {
    signal.throwIfAborted();
    const askedAt = performance.now();
    const { code, output, errors } = await transport.run(server, command, JSON.stringify(params), signal);
    const answer = code === 0 ? (JSON.parse(output) as HostAnswer) : undefined;
    if (answer && 'result' in answer) return schema.parse(answer.result);
    const away = answer === undefined || answer.failure.code === 'unreachable';
    if (answer && !away) throw ConpaasError.of(answer.failure);
    if (performance.now() > deadline) {
      throw new ConpaasError('unreachable', 'The host of the machine does not come up.', {
        retry: true,
        log: (answer ? [answer.failure.message] : errors.trimEnd().split('\n')).slice(-15),
      });
    }
    // To ask takes the processor of a slow machine from what is waited for: at least as much is left to that.
    await delay(Math.max(pause, performance.now() - askedAt), undefined, { signal });
  }
}
