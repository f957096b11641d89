/** Redis's INFO as figures. Source: https://redis.io/docs/latest/commands/info/ */
export function redisFigures(info: Readonly<Record<string, string>>): Record<string, number | undefined> {
  const number = (name: string) => (info[name] === undefined ? undefined : Number(info[name]));
  const keys = /^keys=(\d+)/.exec(info['db0'] ?? '')?.[1];
  return {
    redis_commands: number('total_commands_processed'),
    // A database without keys is not listed at all.
    redis_keys: info['redis_version'] === undefined ? undefined : Number(keys ?? 0),
    redis_memory: number('used_memory'),
    // Ours, which asks, is one of them.
    redis_clients: Math.max(0, (number('connected_clients') ?? 1) - 1),
    redis_received: number('total_net_input_bytes'),
    redis_sent: number('total_net_output_bytes'),
  };
}
