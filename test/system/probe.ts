/** The application `probe/` of these tests, as folders of code and manifests. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** What every page of it answers with. */
export const ProbeAnswer = z.object({
  version: z.string(),
  node: z.string(),
  pid: z.number(),
  visits: z.number().optional(),
  environment: z.union([z.string(), z.literal(false)]).optional(),
  posts: z.union([z.record(z.string(), z.number()), z.array(z.never())]).optional(),
});
export type ProbeAnswer = z.infer<typeof ProbeAnswer>;

/** A folder with the code, saying `version`; a static file beside it says so too. @returns its path */
export async function probeCode(directory: string, version: string): Promise<string> {
  const folder = path.join(directory, `code-${version}`);
  await mkdir(directory, { recursive: true });
  await cp(path.join(import.meta.dirname, 'probe'), folder, { recursive: true });
  await writeFile(path.join(folder, 'version.php'), `<?php const VERSION = '${version}';\n`);
  await writeFile(path.join(folder, 'static.txt'), `${version}\n`);
  return folder;
}

export interface ProbeManifest {
  readonly version?: string;
  readonly backends?: number;
  readonly database?: boolean;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A manifest of an application `Probe` with its code beside it. @returns its path */
export async function probeManifest(directory: string, options: ProbeManifest = {}): Promise<string> {
  const { version = 'one', backends = 1, database = false, more = {} } = options;
  const code = await probeCode(directory, version);
  const php = {
    Type: 'php',
    ServiceName: 'web',
    Start: 1,
    Archive: path.basename(code),
    StartupInstances: { proxy: 1, web: 1, backend: backends },
    HealthCheck: { Path: '/health' },
    ...(database ? { Needs: ['db'] } : {}),
    ...more,
  };
  const services = [php, ...(database ? [{ Type: 'mysql', ServiceName: 'db', Start: 1 }] : [])];
  const file = path.join(directory, 'probe.json');
  await writeFile(file, JSON.stringify({ Version: 1, Application: 'Probe', Services: services }, null, 2));
  return file;
}

/** One page of it. @throws unless the answer is a 2xx of the probe */
export async function ask(address: string, page = '/', headers: Record<string, string> = {}): Promise<ProbeAnswer> {
  const answer = await fetch(`${address}${page}`, { headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${page}: ${answer.status} ${text}`);
  return ProbeAnswer.parse(JSON.parse(text));
}
