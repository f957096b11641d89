/** For tests of peers: a network namespace, so that what they serve is nobody else's. Needs root. Node built-ins only. */
import { must, run } from './run.mjs';

/** An address of the namespace itself, which every machine in it reaches through its bridge. */
export const namespaceAddress = '10.254.254.1';

/** @returns words that run a program in it, and what removes it */
export async function openNamespace() {
  const name = `peers-${process.pid}`;
  await must('ip', ['netns', 'add', name], 'Network namespaces are needed.');
  await must('ip', ['-n', name, 'link', 'set', 'lo', 'up'], 'Network namespaces are needed.');
  await must(
    'ip',
    ['-n', name, 'address', 'add', `${namespaceAddress}/32`, 'dev', 'lo'],
    'Network namespaces are needed.',
  );
  return {
    // Not `ip netns exec`, which hides the cgroups behind a fresh /sys.
    inside: ['nsenter', `--net=/run/netns/${name}`],
    close: () => run('ip', ['netns', 'delete', name]),
  };
}
