/** Hosted code never reaches a control process's files or processes: as root, and as an ordinary user. */
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
foreach (json_decode(file_get_contents('php://input'), true) as $file) {
  if (@file_get_contents($file, false, null, 0, 1) !== false) $got[] = $file;
}
foreach (glob('/proc/[0-9]*') as $process) {
  $line = @file_get_contents("$process/cmdline");
  if ($line !== false && preg_match('/^conpaas-(director|manager|agent|host)|\\.mjs/', $line)) $got[] = $process;
}
echo json_encode(['got' => $got, 'tried' => true]);
`;

async function filesBelow(directory: string, name: RegExp): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
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
        ...(await filesBelow(desk.home, /^(key\.pem|intermediate\.key|secrets\.key|bootstrap\.json|.*\.db)$/)),
      ];
      expect(targets.length).toBeGreaterThan(8);
      const answer = await fetch(`${address}/spy.php`, { method: 'POST', body: JSON.stringify(targets) });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ got: [], tried: true });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
