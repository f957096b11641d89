import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

/** What the linter says of a file of that name with that content, under this project's configuration. */
function lint(file: string, content: string): string {
  const project = mkdtempSync(path.join(os.tmpdir(), 'lint-'));
  try {
    const configuration = JSON.parse(readFileSync(path.join(root, 'biome.json'), 'utf8')) as object;
    const local = { ...configuration, vcs: { enabled: false }, root: true };
    writeFileSync(path.join(project, 'biome.json'), JSON.stringify(local));
    cpSync(path.join(root, 'scripts/lint'), path.join(project, 'scripts/lint'), { recursive: true });
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    writeFileSync(path.join(project, file), content);
    const run = spawnSync(path.join(root, 'node_modules/.bin/biome'), ['lint', '--colors=off', file], {
      cwd: project,
      encoding: 'utf8',
    });
    return `${run.stdout}${run.stderr}`;
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Arrows that must not be: a file, what it may not import, and a word of the reason. */
const forbidden: [string, string, string][] = [
  ['remote/core/rpc/x.ts', '../../director/director.ts', 'nothing of ours'],
  ['remote/core/rpc/x.ts', '../../services/php/spec.ts', 'nothing of ours'],
  ['remote/services/php/x.ts', '../../manager/plan.ts', 'core only'],
  ['remote/director/x.ts', '../manager/plan.ts', 'core only'],
  ['remote/manager/x.ts', '../services/registry/spec.ts', 'composition root'],
  ['remote/agent/x.ts', '../../main/store/index.ts', 'never imports the desktop'],
  ['main/cli/x.ts', '../../remote/director/director.ts', 'remote/core only'],
  ['main/deploy/x.ts', '../../remote/core/journal/index.ts', 'node:sqlite'],
  ['main/hub/x.ts', 'electron', 'main/electron/'],
  ['renderer/pages/x.ts', 'node:fs', 'no Node'],
  ['renderer/pages/x.ts', '../../remote/core/rpc/index.ts', 'contract types'],
  ['renderer/pages/x.ts', '../../main/vault/index.ts', 'one port'],
];

describe('the linter', () => {
  test.each(forbidden)('%s may not import %s', (file, specifier, reason) => {
    expect(lint(file, `import * as x from '${specifier}';\nexport const y = x;\n`)).toContain(reason);
  });

  test('allows the arrows of the design', () => {
    for (const [file, specifier] of [
      ['remote/manager/main.ts', '../services/registry/spec.ts'],
      ['remote/services/php/x.ts', '../../core/rpc/index.ts'],
      ['main/hub/x.ts', '../../remote/core/rpc/index.ts'],
      ['main/electron/x.ts', 'electron'],
    ] as const) {
      expect(lint(file, `import * as x from '${specifier}';\nexport const y = x;\n`)).not.toContain(
        'noRestrictedImports',
      );
    }
  });

  test('refuses shells and commands built from strings', () => {
    expect(lint('remote/agent/x.ts', "import { exec } from 'node:child_process';\nexec('ls');\n")).toContain(
      'No command is built from a string',
    );
    expect(
      lint('remote/agent/x.ts', "import { spawn } from 'node:child_process';\nspawn('ls', [], { shell: true });\n"),
    ).toContain('No shell');
  });
});
