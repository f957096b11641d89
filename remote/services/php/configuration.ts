/** What the manager's half tells the agent's half: the configuration of one node, by role. */
import { z } from 'zod';
import { BlobHash } from '../../core/contract/ids.ts';
import { Challenge, httpsKeys, ServedCertificate } from '../../core/web/index.ts';

/** The original's keys, with the limits PHP itself puts on them; they are written into PHP-FPM's configuration. */
const flag = z.enum(['On', 'Off']);
const bytes = z.string().regex(/^(-1|[0-9]{1,9}[KMG]?)$/, 'Write a number of bytes, as 128M');

/** What PHP-FPM is told. */
export const PhpSettings = z.object({
  max_execution_time: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(30)
    .describe('Seconds of computing a page may take; 0: no limit.'),
  memory_limit: bytes.default('128M').describe('Memory a page may use, e.g. 128M.'),
  log_errors: flag.default('On').describe('Whether errors are written to the log of the backend.'),
  display_errors: flag.default('Off').describe('Whether errors are shown in the page.'),
  upload_max_filesize: bytes.default('2M').describe('Largest file that may be uploaded.'),
  post_max_size: bytes.default('8M').describe('Largest request body.'),
  disable_functions: z
    .string()
    .regex(/^[A-Za-z0-9_, ]*$/, 'Write names of functions, separated by commas')
    .max(4_000)
    .default(
      'pcntl_alarm,pcntl_fork,pcntl_waitpid,pcntl_wait,pcntl_wifexited,pcntl_wifstopped,pcntl_wifsignaled,' +
        'pcntl_wexitstatus,pcntl_wtermsig,pcntl_wstopsig,pcntl_signal,pcntl_signal_dispatch,' +
        'pcntl_get_last_error,pcntl_strerror,pcntl_sigprocmask,pcntl_sigwaitinfo,pcntl_sigtimedwait,pcntl_exec,' +
        'pcntl_getpriority,pcntl_setpriority',
    )
    .describe('Functions that pages may not call, separated by commas.'),
  max_children: z.number().int().min(1).max(256).default(8).describe('Pages that one backend runs at the same time.'),
});
export type PhpSettings = z.infer<typeof PhpSettings>;

/** All keys of the service's configuration. */
export const PhpConfiguration = PhpSettings.extend(httpsKeys);
export type PhpConfiguration = z.infer<typeof PhpConfiguration>;

/** A code version that a node serves. */
export const CodeReference = z.object({ version: z.string(), blob: BlobHash });
export type CodeReference = z.infer<typeof CodeReference>;

const Address = z.object({ node: z.string(), address: z.string(), port: z.number().int() });

/** A node that proxies pass requests to. `drain`: it finishes what it has. */
export const Server = Address.extend({ state: z.enum(['ready', 'drain']) });
export type Server = z.infer<typeof Server>;

/** How a proxy answers for the service's names. */
export const ProxyHttps = z.object({
  /** Their certificates; a name without one is answered by HTTP. */
  certificates: z.array(ServedCertificate),
  redirect: z.boolean(),
  /** Where users reach it, if that is another port than the one it listens at. */
  port: z.number().int().optional(),
  /** Seconds; 0: no Strict-Transport-Security. */
  hstsSeconds: z.number().int(),
  challenges: z.array(Challenge),
});
export type ProxyHttps = z.infer<typeof ProxyHttps>;

export const ProxyConfiguration = z.object({
  kind: z.literal('proxy'),
  /** Version of the code the proxy takes the static paths of; only there so that a switch of versions is seen here. */
  version: z.string().optional(),
  backends: z.array(Server),
  webs: z.array(Server),
  /** Blobs with the file lists of the versions that are being served: their static files go to the web nodes. */
  listings: z.array(BlobHash),
  https: ProxyHttps.default({ certificates: [], redirect: false, hstsSeconds: 0, challenges: [] }),
  /** Whether requests that may change something are refused (503 with Retry-After): the application's data is frozen. */
  holdsChanges: z.boolean().default(false),
  startupScript: BlobHash.optional(),
  environment: z.record(z.string(), z.string()),
});
export type ProxyConfiguration = z.infer<typeof ProxyConfiguration>;

export const WebConfiguration = z.object({
  kind: z.literal('web'),
  /** The node's own version first, then others that pages in flight may still refer to. */
  versions: z.array(CodeReference),
  startupScript: BlobHash.optional(),
  environment: z.record(z.string(), z.string()),
});
export type WebConfiguration = z.infer<typeof WebConfiguration>;

export const SessionTarget = Address.extend({ password: z.string() });
export type SessionTarget = z.infer<typeof SessionTarget>;

export const HealthGate = z.object({
  path: z.string(),
  timeoutMs: z.number().int(),
  /** The answer's status must be below this. */
  below: z.number().int(),
});
export type HealthGate = z.infer<typeof HealthGate>;

export const BackendConfiguration = z.object({
  kind: z.literal('backend'),
  /** undefined: no version yet, the welcome page. */
  code: CodeReference.optional(),
  php: PhpSettings,
  debug: z.boolean(),
  environment: z.record(z.string(), z.string()),
  session: SessionTarget,
  health: HealthGate,
  startupScript: BlobHash.optional(),
});
export type BackendConfiguration = z.infer<typeof BackendConfiguration>;

export const SessionConfiguration = z.object({
  kind: z.literal('session'),
  password: z.string(),
  /** Where it copies from while the sessions are being moved to it. */
  replicaOf: Address.optional(),
  /** Holds writes back for a moment, so that a copy can catch up and backends can change over. */
  paused: z.boolean(),
  startupScript: BlobHash.optional(),
  environment: z.record(z.string(), z.string()),
});
export type SessionConfiguration = z.infer<typeof SessionConfiguration>;

/** What a proxy reports of one server, as NodeObservation.detail.servers[node]. */
export const ServerReport = z.object({
  address: z.string(),
  port: z.number().int(),
  state: z.enum(['up', 'down', 'drain', 'maintenance']),
  /** Requests it is working on for this proxy. */
  sessions: z.number().int(),
  /** Requests since the proxy knows it. */
  total: z.number().int(),
});
export type ServerReport = z.infer<typeof ServerReport>;

/** NodeObservation.detail, by role. */
export const ProxyDetail = z.object({
  servers: z.record(z.string(), ServerReport),
  staticPaths: z.number().int(),
  /** What it serves now: SHA-1 of the leaf by name, and the challenges that it answers. */
  https: z
    .object({ certificates: z.record(z.string(), z.string()), challenges: z.array(z.string()) })
    .default({ certificates: {}, challenges: [] }),
});
export type ProxyDetail = z.infer<typeof ProxyDetail>;
export const BackendDetail = z.object({
  version: z.string().optional(),
  /** The session node in use. */
  session: z.string().optional(),
  /** Pools of earlier versions or configurations that still work on requests. */
  retiring: z.number().int(),
});
export type BackendDetail = z.infer<typeof BackendDetail>;
export const SessionDetail = z.object({
  role: z.enum(['primary', 'replica']),
  /** A replica has everything its source had when it was last asked. */
  synced: z.boolean(),
  paused: z.boolean(),
  /** Position in the stream of changes, to compare a replica with its source. */
  offset: z.number().int(),
});
export type SessionDetail = z.infer<typeof SessionDetail>;
