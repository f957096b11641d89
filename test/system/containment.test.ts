/** Hosted code never reaches a control process's files or processes: as root, and as an ordinary user. */
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDesk } from './desk.ts';
import { probeManifest } from './probe.ts';

/** Answers with what it could read of the files and processes it is asked to try. */
const spy = `<?php
header('content-type: application/json');
$got = [];
$asked = json_decode(file_get_contents('php://input'), true);
foreach ($asked['files'] as $file) {
  if (@file_get_contents($file, false, null, 0, 1) !== false) $got[] = $file;
  if (@stream_socket_client("unix://$file", $code, $text, 1) !== false) $got[] = "connected to $file";
}
foreach (glob('/proc/[0-9]*') as $process) {
  $line = @file_get_contents("$process/cmdline");
  if ($line !== false && preg_match('/^conpaas-(director|manager|agent|host)|\\.mjs/', $line)) $got[] = $process;
  // What carries another tag is a process of another engine.
  $environment = @file_get_contents("$process/environ");
  if ($environment && preg_match('/CONPAAS_PROCESS=([^\\0]*)/', $environment, $tag) && $tag[1] !== getenv('CONPAAS_PROCESS')) {
    $got[] = "$process/environ";
  }
}
$context = stream_context_create([
  'http' => ['method' => 'POST', 'header' => 'content-type: application/json', 'content' => '{}', 'ignore_errors' => true],
  'ssl' => ['verify_peer' => false, 'verify_peer_name' => false],
]);
$answers = [];
foreach ($asked['calls'] as $call) {
  $http_response_header = ['no answer'];
  @file_get_contents($call, false, $context);
  $answers[] = $http_response_header[0];
}
echo json_encode(['got' => $got, 'answers' => $answers]);
`;

async function filesBelow(directory: string, name: RegExp): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => (entry.isFile() || entry.isSocket()) && name.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Where a proxy takes orders, as the command line of its sandbox tells. */
function controlSockets(pid: number): string[] {
  const configuration = /-f (\S+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))?.[1];
  const text = configuration === undefined ? '' : readFileSync(configuration, 'utf8');
  return [...text.matchAll(/stats socket (\S+)/g)].map(([, file = '']) => file);
}

describe.each([
  ['root', undefined],
  ['an ordinary user', 47_110],
])('a deployment of %s', (_who, uid) => {
  it('shows a page and a startup script no vault, key, journal or control process', async () => {
    await using desk = await openDesk(uid === undefined ? {} : { uid });
    const folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
    try {
      await desk.conpaas('up');
      const script = path.join(folder, 'startup.sh');
      const secrets = ['vault.json', 'vault.key', 'deployments.json'].map((name) => path.join(desk.home, name));
      await writeFile(
        script,
        `#!/bin/sh\nfor file in ${secrets.join(' ')}; do if cat "$file" > /dev/null 2>&1; then echo "read $file"; exit 1; fi; done\nls ${desk.home}/deployments/*/cloud/vms/*/agent/identity && exit 1\nexit 0\n`,
      );
      const manifest = await probeManifest(folder, { more: { StartupScript: script } });
      await writeFile(path.join(folder, 'code-one', 'spy.php'), spy);
      // Readable by the ordinary user who runs the command.
      await chmod(folder, 0o755);
      const address = (await desk.conpaas('apply', manifest, '--wait')).trim();
      const targets = [
        ...secrets,
        ...(await filesBelow(
          desk.home,
          /^(key\.pem|intermediate\.key|secrets\.key|bootstrap\.json|host\.sock|.*\.db)$/,
        )),
        ...desk.processes('haproxy').flatMap(({ pid }) => controlSockets(pid)),
      ];
      expect(targets.length).toBeGreaterThan(8);
      expect(targets.filter((file) => file.endsWith('.sock'))).toHaveLength(2);
      const host = new URL(address).hostname;
      const calls = [
        `https://${host.replace(/\d+$/, '1')}:5555/v1/list_applications`, // the director
        `https://${host}:5555/v1/check_agent_process`,
        `https://${host}:5556/v1/get_app_info`, // the manager
      ];
      const body = JSON.stringify({ files: targets, calls });
      const answer = await fetch(`${address}/spy.php`, { method: 'POST', body });
      expect(answer.status).toBe(200);
      const refused = expect.stringMatching(/ 40[13] /);
      expect(await answer.json()).toEqual({ got: [], answers: [refused, refused, refused] });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
