import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let services: string;
const script = new URL('./generate.mjs', import.meta.url).href;

beforeEach(() => {
  services = mkdtempSync(join(tmpdir(), 'services-'));
});

afterEach(() => rmSync(services, { recursive: true }));

function generate() {
  const program = `import { generate } from ${JSON.stringify(script)}; console.log(generate(process.argv[1]).join())`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program, services], { encoding: 'utf8' });
}

function addType(name: string) {
  mkdirSync(join(services, name));
  for (const file of ['spec', 'manager', 'agent']) writeFileSync(join(services, name, `${file}.ts`), '');
}

test('a folder with a spec.ts is a service type, and only that', () => {
  addType('php');
  addType('key-value');
  mkdirSync(join(services, 'notes'));
  expect(generate().stdout.trim()).toBe('key-value,php');
  const manager = readFileSync(join(services, 'registry', 'manager.ts'), 'utf8');
  expect(manager).toContain("import { createServiceManager as keyValueManager } from '../key-value/manager.ts';");
  expect(manager).toContain("  'key-value': keyValueManager(),\n  php: phpManager(),\n");
});

test('nothing is written when nothing has changed', () => {
  addType('php');
  generate();
  const before = statSync(join(services, 'registry', 'spec.ts')).mtimeMs;
  generate();
  expect(statSync(join(services, 'registry', 'spec.ts')).mtimeMs).toBe(before);
});

test('a name that cannot be a type is refused', () => {
  addType('My Type');
  expect(generate().stderr).toContain('lower-case letters, digits and hyphens');
});
