/** Constant load: a client that never retries, and takes every answer but a prompt 2xx for a failure. */
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface Answer {
  /** Counts the requests of one load; sent as the query's `id`. */
  readonly id: string;
  /** performance.now(), milliseconds. */
  readonly begun: number;
  readonly ended: number;
  readonly status: number | undefined;
  readonly body: string;
  /** What was wrong with it. */
  readonly failure: string | undefined;
}

export interface LoadOptions {
  /** e.g. `http://127.41.0.2`, without a slash at its end. */
  readonly address: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly keepAlive: boolean;
  readonly requestsPerSecond: number;
  /** Connections (one after the other without keep-alive) that share the rate. */
  readonly connections?: number;
  /** Put before each id, so that those of several loads differ. */
  readonly name: string;
}

export interface Load extends AsyncDisposable {
  readonly name: string;
  readonly answers: readonly Answer[];
  failures(): readonly Answer[];
  /** Resolves when this many more requests, begun from now on, have been answered. */
  more(count: number): Promise<void>;
  /** Ends after the requests under way. */
  stop(): Promise<void>;
}

/** An answer that takes longer counts as none. */
const limitMs = 5_000;

export function startLoad(options: LoadOptions): Load {
  const { connections = 8 } = options;
  const answers: Answer[] = [];
  const intervalMs = (1000 * connections) / options.requestsPerSecond;
  const started = performance.now();
  let going = true;
  let count = 0;

  async function connection(index: number): Promise<void> {
    const agent = new http.Agent({ keepAlive: options.keepAlive, maxSockets: 1 });
    let next = started + (index * intervalMs) / connections;
    while (going) {
      const wait = next - performance.now();
      if (wait > 0) await delay(wait);
      // After a slow answer it goes on at its pace, it does not hurry after what it has missed.
      next = Math.max(next + intervalMs, performance.now());
      if (!going) break;
      count += 1;
      answers.push(await request(agent, options, `${options.name}-${count}`));
    }
    agent.destroy();
  }

  const running = Promise.all(Array.from({ length: connections }, (_, index) => connection(index)));
  const load: Load = {
    name: options.name,
    answers,
    failures: () => answers.filter(({ failure }) => failure !== undefined),
    async more(wanted) {
      const from = performance.now();
      const since = () => answers.filter(({ begun }) => begun >= from).length;
      while (since() < wanted) await delay(20);
    },
    async stop() {
      going = false;
      await running;
    },
    [Symbol.asyncDispose]: () => load.stop(),
  };
  return load;
}

function request(agent: http.Agent, { address, path, method = 'GET' }: LoadOptions, id: string): Promise<Answer> {
  const begun = performance.now();
  const content = method === 'POST' ? 'text=hello' : undefined;
  return new Promise((resolve) => {
    let status: number | undefined;
    let body = '';
    const done = (failure?: string): void => {
      clearTimeout(limit);
      resolve({ id, begun, ended: performance.now(), status, body, failure });
    };
    const asked = http.request(`${address}${path}?id=${id}`, {
      agent,
      method,
      headers: content ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': content.length } : {},
    });
    const limit = setTimeout(() => asked.destroy(new Error(`no whole answer within ${limitMs} ms`)), limitMs);
    asked.on('response', (response) => {
      status = response.statusCode ?? 0;
      const good = status >= 200 && status < 300;
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('error', (error) => done(error.message));
      response.on('end', () => done(good ? undefined : `status ${status}: ${body.slice(0, 300)}`));
    });
    asked.on('error', (error) => done(error.message));
    asked.end(content);
  });
}

/** Failures as text for an assertion's message: when (ms after `from`), how long, what. */
export function explain(load: Load, from: number): string[] {
  return load
    .failures()
    .map(
      ({ id, begun, ended, failure }) =>
        `${id} at ${Math.round(begun - from)} ms for ${Math.round(ended - begun)} ms: ${failure}`,
    );
}
