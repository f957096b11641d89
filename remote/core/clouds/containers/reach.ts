/**
 * How the user's computer reaches machines. On Linux every machine's address on the engine's bridge is at hand. Where the
 * engine is in a VM of its own (Docker Desktop, Podman's machine: macOS, Windows), or rootless, nobody but its containers is
 * on that network: then ports of 127.0.0.1 lead to those of a machine that desktop and users need.
 */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { ForwardedPorts } from '../cloud.ts';
import { directorPort, userPorts } from '../machines/ports.ts';

export type Reach = 'addresses' | 'ports';

/** What the engine says of itself (`GET /info`). */
export const EngineInfo = z.object({
  NCPU: z.number(),
  MemTotal: z.number(),
  OperatingSystem: z.string().optional(),
  SecurityOptions: z
    .array(z.string())
    .nullish()
    .transform((options) => options ?? []),
});
export type EngineInfo = z.infer<typeof EngineInfo>;

/**
 * @param told what the user says, in CONPAAS_CONTAINERS_REACH: any engine can be reached by ports
 * @param platform of the computer that desktop and engine are on
 */
export function reachOf(
  { OperatingSystem = '', SecurityOptions }: Pick<EngineInfo, 'OperatingSystem' | 'SecurityOptions'>,
  platform: NodeJS.Platform = process.platform,
  told: string | undefined = process.env['CONPAAS_CONTAINERS_REACH'],
): Reach {
  if (told === 'ports' || platform !== 'linux') return 'ports';
  const isHidden = /docker desktop/i.test(OperatingSystem) || SecurityOptions.some((one) => one.includes('rootless'));
  return isHidden ? 'ports' : 'addresses';
}

/** Where such ports are: reached from this computer alone. */
export const loopback = '127.0.0.1';

/** Below those that Linux gives to outgoing connections (32768 on); macOS and Windows begin even later. */
const range = { from: 20_000, to: 32_768 };

/** Ports of this computer for a machine, by chance: which of them are free only the engine can tell. */
export function choosePorts(isDirector: boolean): ForwardedPorts {
  const chosen = new Set<number>();
  const wanted = isDirector ? [directorPort] : userPorts;
  while (chosen.size < wanted.length) chosen.add(randomInt(range.from, range.to));
  const free = [...chosen];
  return Object.fromEntries(wanted.map((port, index) => [String(port), free[index] ?? 0]));
}

/** As the engine wants them. */
export function portBindings(ports: ForwardedPorts) {
  const entries = Object.entries(ports);
  return {
    ExposedPorts: Object.fromEntries(entries.map(([port]) => [`${port}/tcp`, {}])),
    PortBindings: Object.fromEntries(
      entries.map(([port, leading]) => [`${port}/tcp`, [{ HostIp: loopback, HostPort: String(leading) }]]),
    ),
  };
}

/** A label's text: `80=20080,443=20443`. */
export const portsText = (ports: ForwardedPorts): string =>
  Object.entries(ports)
    .map(([port, leading]) => `${port}=${leading}`)
    .join(',');

/** @returns undefined where a machine has none */
export function parsePorts(text: string | undefined): ForwardedPorts | undefined {
  if (text === undefined || text === '') return undefined;
  return Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const [port = '', leading = ''] = pair.split('=');
      return /^\d+$/.test(port) && /^\d+$/.test(leading) ? [[port, Number(leading)] as const] : [];
    }),
  );
}
