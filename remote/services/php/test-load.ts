/** Constant load for tests: a client that never retries and takes every oddity for a failure. */
import { Agent, request } from 'node:http';

export interface Sample {
  /** performance.now() when the request was begun and when it had ended. */
  readonly begun: number;
  readonly ended: number;
  readonly status: number | undefined;
  readonly body: string;
  readonly failure: string | undefined;
}

export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string | ((count: number) => string);
  readonly keepAlive: boolean;
  /** Requests under way at the same time. */
  readonly clients: number;
  readonly method?: 'GET' | 'POST';
  /** Pause of a client between two requests, milliseconds. */
  readonly pauseMs?: number;
}

export interface Load {
  readonly samples: readonly Sample[];
  failures(): readonly Sample[];
  /** Ends after the requests under way. */
  stop(): Promise<void>;
}

/** A request that takes longer counts as failed. */
const slowMs = 5_000;

export function startLoad(options: LoadOptions): Load {
  const agent = new Agent({ keepAlive: options.keepAlive, maxSockets: Number.POSITIVE_INFINITY });
  const samples: Sample[] = [];
  let going = true;
  let count = 0;
  const client = async () => {
    while (going) {
      count += 1;
      samples.push(await one(agent, options, count));
      if (options.pauseMs) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
    }
  };
  const clients = Array.from({ length: options.clients }, client);
  return {
    samples,
    failures: () => samples.filter(({ failure }) => failure !== undefined),
    async stop() {
      going = false;
      await Promise.all(clients);
      agent.destroy();
    },
  };
}

function one(agent: Agent, options: LoadOptions, count: number): Promise<Sample> {
  const begun = performance.now();
  return new Promise((resolve) => {
    let status: number | undefined;
    let body = '';
    const done = (failure: string | undefined) => {
      const ended = performance.now();
      resolve({ begun, ended, status, body, failure: failure ?? (ended - begun > slowMs ? 'slow' : undefined) });
    };
    const path = typeof options.path === 'string' ? options.path : options.path(count);
    const asked = request(
      {
        host: options.host,
        port: options.port,
        path,
        method: options.method ?? 'GET',
        agent,
        timeout: slowMs * 2,
        headers: options.method === 'POST' ? { 'content-length': 4 } : {},
      },
      (response) => {
        status = response.statusCode;
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
        });
        response.on('error', (error) => done(error.message));
        response.on('end', () => {
          const ok = status !== undefined && status >= 200 && status < 300 && response.complete;
          done(ok ? undefined : `status ${status}: ${body.slice(0, 200)}`);
        });
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', (error) => done(error.message));
    asked.end(options.method === 'POST' ? 'a=bc' : undefined);
  });
}
