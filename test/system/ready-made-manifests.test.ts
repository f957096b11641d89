import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectArchive, packDirectory } from '../../remote/core/archive/index.ts';
import { freePort } from '../../remote/core/free-port.fixture.ts';
import { localPaths, manifestJsonSchema, parseManifest, planManifest } from '../../remote/core/manifest/index.ts';
import { serviceSpecs } from '../../remote/services/registry/spec.ts';

const manifests = resolve(import.meta.dirname, '../../manifests');
const host = '127.77.9.2';
let folder = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conpaas-manifests-'));
});

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill();
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

async function until(what: string, test: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await test().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`waited too long: ${what}`);
    await delay(50);
  }
}

/** Serves a sample application by PHP's own server; returns its URL. */
async function serve(directory: string, environment: Record<string, string> = {}): Promise<string> {
  const port = await freePort(host);
  const child = spawn('php', ['-d', `session.save_path=${folder}`, '-S', `${host}:${port}`, 'index.php'], {
    cwd: join(manifests, directory),
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  children.push(child);
  const url = `http://${host}:${port}`;
  await until(`${directory} answers`, async () => (await fetch(`${url}/nothing`)).status === 404);
  return url;
}

describe('manifests', () => {
  it.each(['sudoku', 'guestbook', 'wordpress'])('%s.json is valid, complete and can be packed', async (name) => {
    const text = await readFile(join(manifests, `${name}.json`), 'utf8');
    const { manifest, warnings } = parseManifest(text, serviceSpecs);
    expect(warnings).toEqual([]);
    const plan = planManifest(undefined, manifest, serviceSpecs, manifest.Application);
    expect(plan.changes).toHaveLength(manifest.Services.length + 1);
    for (const { path } of localPaths(manifest)) {
      const packed = await packDirectory(join(manifests, path), join(folder, `${name}.tgz`));
      const { files } = await inspectArchive(packed.path);
      expect(files.map((file) => file.path)).toContain(name === 'wordpress' ? 'wp-config.php' : 'index.php');
    }
  });

  it('have their schema beside them, as the service types are now', async () => {
    const published: unknown = JSON.parse(await readFile(join(manifests, 'conpaas-manifest.schema.json'), 'utf8'));
    expect(published).toEqual(manifestJsonSchema(serviceSpecs));
  });

  it('hold PHP without syntax errors', async () => {
    const files = (await readdir(manifests, { recursive: true })).filter((path) => path.endsWith('.php'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const { status, stdout } = spawnSync('php', ['-l', join(manifests, file)], { encoding: 'utf8' });
      expect(status, stdout).toBe(0);
    }
  });
});

describe('sudoku', () => {
  let url = '';
  beforeAll(async () => {
    url = await serve('sudoku');
  });

  const puzzleOf = (page: string) => /name="puzzle" value="(\d{81})"/.exec(page)?.[1] ?? '';
  const messageOf = (page: string) => /role="status">([^<]*)</.exec(page)?.[1] ?? '';
  const cellsOf = (page: string) =>
    [...page.matchAll(/name="cells\[\d+\]" value="(\d?)"/g)].map(([, value]) => value || '0').join('');
  const play = async (puzzle: string, action: string, cells: Record<number, number> = {}) => {
    const form = new URLSearchParams({ level: 'hard', number: '7', puzzle, action, 'cells[0]': '' });
    for (const [cell, value] of Object.entries(cells)) form.set(`cells[${cell}]`, String(value));
    return fetch(`${url}/`, { method: 'POST', body: form });
  };

  it('is healthy, and gives everyone the same puzzle for the same number', async () => {
    expect(await (await fetch(`${url}/health`)).text()).toBe('ok\n');
    const pages = await Promise.all([1, 2].map(async () => (await fetch(`${url}/?level=hard&number=7`)).text()));
    expect(puzzleOf(pages[0] ?? '')).toHaveLength(81);
    expect(puzzleOf(pages[0] ?? '')).toBe(puzzleOf(pages[1] ?? ''));
  });

  it('solves, hints and checks', async () => {
    const puzzle = puzzleOf(await (await fetch(`${url}/?level=hard&number=7`)).text());
    const solved = cellsOf(await (await play(puzzle, 'solve')).text());
    for (let row = 0; row < 9; row++) expect(new Set(solved.slice(row * 9, row * 9 + 9)).size).toBe(9);
    for (const [cell, given] of [...puzzle].entries()) if (given !== '0') expect(solved[cell]).toBe(given);
    const hinted = cellsOf(await (await play(puzzle, 'hint')).text());
    expect([...hinted].filter((value, cell) => value !== puzzle[cell])).toHaveLength(1);
    const empty = puzzle.indexOf('0');
    const right = Number(solved[empty]);
    expect(messageOf(await (await play(puzzle, 'check', { [empty]: right })).text())).toContain('All right so far');
    expect(messageOf(await (await play(puzzle, 'check', { [empty]: (right % 9) + 1 })).text())).toContain('is wrong');
    const all = Object.fromEntries([...solved].map((value, cell) => [cell, Number(value)]));
    expect(messageOf(await (await play(puzzle, 'check', all)).text())).toBe('Solved! Well done.');
  });

  it('refuses puzzles that are not its own', async () => {
    expect((await play('0'.repeat(81), 'solve')).status).toBe(400);
    expect((await play('1'.repeat(81), 'solve')).status).toBe(400);
    expect((await play('short', 'solve')).status).toBe(400);
  });
});

describe('guestbook', () => {
  const environment: Record<string, string> = {};
  const sockets = { admin: '' };

  const sql = (statement: string) =>
    spawnSync('mariadb', [`--socket=${sockets.admin}`, '-uroot', '-N', '-e', statement], { encoding: 'utf8' });

  beforeAll(async () => {
    const data = join(folder, 'mariadb');
    sockets.admin = join(folder, 'mariadb.sock');
    const own = spawnSync('id', ['-un'], { encoding: 'utf8' }).stdout.trim();
    const made = spawnSync(
      'mariadb-install-db',
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--user=${own}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
      ],
      { encoding: 'utf8' },
    );
    expect(made.status, made.stderr).toBe(0);
    const port = await freePort(host);
    children.push(
      spawn(
        'mariadbd',
        [
          '--no-defaults',
          `--datadir=${data}`,
          `--socket=${sockets.admin}`,
          `--bind-address=${host}`,
          `--port=${port}`,
          `--user=${own}`,
          '--skip-name-resolve',
        ],
        { stdio: 'ignore' },
      ),
    );
    await until('MariaDB answers', async () => sql('SELECT 1').status === 0);
    expect(sql("CREATE DATABASE db; CREATE USER g@'%' IDENTIFIED BY 'secret'; GRANT ALL ON db.* TO g@'%'").stderr).toBe(
      '',
    );
    Object.assign(environment, {
      DB_HOST: host,
      DB_PORT: String(port),
      DB_USER: 'g',
      DB_PASSWORD: 'secret',
      DB_DATABASE: 'db',
    });
  });

  it('keeps entries and sessions across backends, and makes its own table', async () => {
    const one = await serve('guestbook', { ...environment, CONPAAS_NODE: 'guestbook-backend-1' });
    const two = await serve('guestbook', { ...environment, CONPAAS_NODE: 'guestbook-backend-2' });
    expect(await (await fetch(`${one}/health`)).text()).toBe('ok\n');
    const first = await fetch(one);
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const token = /name="token" value="(\w+)"/.exec(await first.text())?.[1] ?? '';
    const sign = (url: string, fields: Record<string, string>) =>
      fetch(`${url}/`, { method: 'POST', headers: { cookie }, body: new URLSearchParams(fields), redirect: 'manual' });
    expect((await sign(one, { token, name: 'Ann <b>', text: 'Grüße <script>' })).status).toBe(303);
    const page = await (await fetch(two, { headers: { cookie } })).text();
    expect(page).toContain('Grüße &lt;script&gt;');
    expect(page).toContain('through guestbook-backend-1');
    expect(page).toContain('Answered by <strong id="node">guestbook-backend-2');
    expect(page).toContain('value="Ann &lt;b&gt;"');
    expect(page).toContain('<span id="visits">2</span>');
    expect((await sign(two, { token, name: '', text: 'x' })).status).toBe(303);
    expect(await (await fetch(two, { headers: { cookie } })).text()).toContain('Please tell your name.');
    expect((await sign(two, { token: 'wrong', name: 'a', text: 'x' })).status).toBe(403);
    expect(sql('SELECT COUNT(*) FROM db.entries').stdout.trim()).toBe('1');
  });

  it('pages through many entries', async () => {
    const url = await serve('guestbook', { ...environment, CONPAAS_NODE: 'n' });
    sql("USE db; INSERT INTO entries (name, text, node) SELECT 'many', CONCAT('entry ', seq), 'n' FROM seq_1_to_45");
    const first = await (await fetch(url)).text();
    expect(first.match(/<li>/g)).toHaveLength(20);
    const older = /href="\.\/\?before=(\d+)"/.exec(first)?.[1];
    expect((await (await fetch(`${url}/?before=${older}`)).text()).match(/<li>/g)).toHaveLength(20);
  });

  it('says that it cannot reach its database, and nothing more', async () => {
    const url = await serve('guestbook', { ...environment, DB_PASSWORD: 'wrong' });
    const answer = await fetch(`${url}/health`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toBe('The guestbook cannot reach its database right now. Try again in a moment.\n');
  });
});

describe('wp-config.php', () => {
  /** What it defines, told by a stand-in for WordPress (the real one is installed by the WordPress test). */
  const constants = async (host: string, environment: Record<string, string>) => {
    const script = `
      define('ABSPATH', '${folder}/'); $_SERVER['HTTP_HOST'] = $argv[1];
      require '${join(manifests, 'wordpress', 'wp-config.php')}';
      echo json_encode(get_defined_constants(true)['user'] + ['prefix' => $table_prefix]);`;
    await writeFile(join(folder, 'wp-settings.php'), '<?php');
    const { stdout, stderr } = spawnSync('php', ['-r', script, '--', host], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', ...environment },
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it('takes database, address, keys and prefix from the environment', async () => {
    const environment = { DB_HOST: '127.1.2.3', DB_PORT: '3307', DB_USER: 'u', DB_PASSWORD: 'p', DB_DATABASE: 'd' };
    const found = await constants('127.9.9.9:8080', environment);
    expect(found).toMatchObject({
      DB_HOST: '127.1.2.3:3307',
      DB_NAME: 'd',
      WP_HOME: 'http://127.9.9.9:8080',
      WP_SITEURL: 'http://127.9.9.9:8080',
      DISABLE_WP_CRON: false,
      prefix: 'wp_',
    });
    const again = await constants('example.org', { ...environment, DB_HOST: 'elsewhere' });
    expect(again['AUTH_KEY']).toBe(found['AUTH_KEY']);
    expect(again['AUTH_KEY']).not.toBe(again['AUTH_SALT']);
    const other = await constants('evil.example/path', { ...environment, WORDPRESS_SECRET: 's' });
    expect(other['AUTH_KEY']).not.toBe(found['AUTH_KEY']);
    expect(other).not.toHaveProperty('WP_HOME');
  });
});
