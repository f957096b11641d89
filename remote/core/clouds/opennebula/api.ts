/** Calls of OpenNebula's daemon (oned) by XML-RPC: one place for signing in, pages and errors. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { openHttp } from '../machines/http.ts';
import { plainError, Refusal } from './errors.ts';
import type { OpenNebulaOptions } from './settings.ts';
import { element, many, parseXml, toCall, type Value } from './xml.ts';

export interface CallOptions {
  /** Whether it may be sent again where nobody can tell if it has arrived: calls that look, and those that are idempotent. */
  readonly repeatable: boolean;
  /** Errors that the caller looks at itself: thrown as they are. */
  readonly passes?: (error: unknown) => boolean;
}

export interface OpenNebulaApi extends Disposable {
  /**
   * One call; the session is put before its values.
   * @returns the value: a number as text, a document as XML
   * @throws ConpaasError as `plainError` tells; Refusal where the caller has asked for it
   */
  call(method: string, values: readonly Value[], options: CallOptions, signal: AbortSignal): Promise<string>;
  /** A document of a call that looks. @param passes as {@link CallOptions} has it */
  look<Result>(
    method: string,
    values: readonly Value[],
    result: z.ZodType<Result>,
    signal: AbortSignal,
    passes?: (error: unknown) => boolean,
  ): Promise<Result>;
  /** All pages of a pool: `one.vmpool.info`, whose document is a `VM_POOL` of `VM`. @param more what follows the range */
  pool<Item>(
    given: {
      readonly method: string;
      readonly items: string;
      readonly whose: number;
      readonly more?: readonly Value[];
      readonly passes?: (error: unknown) => boolean;
    },
    item: z.ZodType<Item>,
    signal: AbortSignal,
  ): Promise<Item[]>;
}

/** Whose things a pool tells. */
export const whose = { mine: -3, all: -2 } as const;

/** Things a page. */
const pageSize = 200;

const Scalar = z.union([
  z.string(),
  z.object({ string: z.string() }).transform((one) => one.string),
  z.object({ i4: z.string() }).transform((one) => one.i4),
  z.object({ int: z.string() }).transform((one) => one.int),
  z.object({ i8: z.string() }).transform((one) => one.i8),
  z.object({ boolean: z.string() }).transform((one) => one.boolean),
]);
const Answer = z.object({
  methodResponse: z.object({
    params: z.object({
      param: z.object({ value: z.object({ array: z.object({ data: z.object({ value: many(Scalar) }) }) }) }),
    }),
  }),
});
const Fault = z.object({
  methodResponse: z.object({
    fault: z.object({
      value: z.object({ struct: z.object({ member: z.array(z.object({ name: z.string(), value: Scalar })) }) }),
    }),
  }),
});

export function openApi(options: OpenNebulaOptions): OpenNebulaApi {
  const { endpoint, username, password, caCertificate } = options.credentials;
  const http = openHttp({
    ...(caCertificate === undefined ? {} : { authorities: caCertificate }),
    ...(options.pauseMs === undefined ? {} : { pauseMs: options.pauseMs }),
  });
  const session = `${username}:${password}`;

  const call: OpenNebulaApi['call'] = async (method, values, { repeatable, passes }, signal) => {
    signal.throwIfAborted();
    const answer = await http.ask(
      {
        method: 'POST',
        url: new URL(endpoint),
        headers: { 'content-type': 'text/xml' },
        body: toCall(method, [session, ...values]),
        repeatable,
      },
      signal,
    );
    if (answer.status !== 200) {
      const text = `At ${endpoint} there is no API of OpenNebula (HTTP ${answer.status}).`;
      throw new ConpaasError('cloud_failed', text, { retry: answer.status >= 500 });
    }
    const { value, refusal } = readAnswer(method, answer.text);
    if (refusal) throw passes?.(refusal) === true ? refusal : plainError(refusal);
    return value;
  };

  const look: OpenNebulaApi['look'] = async (method, values, result, signal, passes) =>
    understood(method, await call(method, values, { repeatable: true, ...(passes && { passes }) }, signal), result);

  return {
    call,
    look,
    async pool({ method, items, whose: filter, more = [], passes }, item, signal) {
      const Pool = z.record(z.string(), element({ [items]: many(item) }));
      const found: z.infer<typeof item>[] = [];
      for (;;) {
        // A negative end is the size of a page, and the start is then an offset.
        const [pool] = Object.values(
          await look(method, [filter, found.length, -pageSize, ...more], Pool, signal, passes),
        );
        const page = (pool?.[items] ?? []) as z.infer<typeof item>[];
        found.push(...page);
        if (page.length < pageSize) return found;
      }
    },
    [Symbol.dispose]: () => http[Symbol.dispose](),
  };
}

function readAnswer(method: string, text: string): { readonly value: string; readonly refusal?: Refusal } {
  let document: unknown;
  try {
    document = parseXml(text);
  } catch {
    document = undefined;
  }
  const answered = Answer.safeParse(document);
  if (answered.success) {
    const [well, value = '', code] = answered.data.methodResponse.params.param.value.array.data.value;
    return well === '1' ? { value } : { value, refusal: new Refusal(method, Number(code), value) };
  }
  const fault = Fault.safeParse(document);
  if (!fault.success)
    throw new ConpaasError('cloud_failed', `The cloud's answer is not what it should be (${method}).`);
  const of = (name: string): string =>
    fault.data.methodResponse.fault.value.struct.member.find((one) => one.name === name)?.value ?? '';
  return { value: '', refusal: new Refusal(method, Number(of('faultCode')), of('faultString')) };
}

function understood<Result>(method: string, text: string, result: z.ZodType<Result>): Result {
  try {
    return result.parse(parseXml(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? error.issues[0]?.path.join('.') : 'no XML';
    throw new ConpaasError('cloud_failed', `The cloud's answer is not what it should be (${method}: ${why}).`);
  }
}
