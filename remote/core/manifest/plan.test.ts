import { describe, expect, it } from 'vitest';
import { ServiceId } from '../contract/ids.ts';
import { Plan } from '../contract/plan.ts';
import { DesiredState, emptyService } from '../service/state.ts';
import { versionOf } from '../service/version.fixture.ts';
import { exportManifest, type Manifest, planManifest, validateManifest } from './index.ts';
import { testSpecs } from './test-specs.ts';

const hash = (letter: string) => letter.repeat(64);

/** A state as a manager would store it after applying `shop`. */
const shopState = DesiredState.parse({
  schema: 1,
  application: 'app-1',
  name: 'shop',
  description: 'Sells things',
  nextService: 3,
  nextSlot: 2,
  services: [
    {
      id: 'web',
      type: 'php',
      name: 'web',
      running: true,
      configuration: { memory_limit: '64M' },
      environment: { MODE: 'live' },
      secrets: ['API_KEY'],
      needs: ['db'],
      healthCheck: { path: '/health', timeoutMs: 2500 },
      startupScript: { blob: hash('5'), source: 'https://example.org/start.sh' },
      domains: ['example.org'],
      versions: [
        versionOf('v1', 'a', {
          name: 'shop.tgz',
          source: ['https://example.org/shop.tgz', { Blob: hash('c'), Name: 'overlay', Tree: hash('d') }],
        }),
      ],
      activeVersion: 'v1',
      nextVersion: 2,
      nextNode: {},
      data: {},
    },
    {
      ...emptyService(ServiceId.parse('db'), 'mysql', 'db'),
      running: true,
      data: { dump: { Blob: hash('e'), Name: 'dump.sql' }, password: { Secret: 'DB_PASSWORD' } },
    },
  ],
  nodes: [
    ['web-proxy-1', 'web', 'proxy', 'wanted'],
    ['web-backend-1', 'web', 'backend', 'wanted'],
    ['web-backend-2', 'web', 'backend', 'wanted'],
    ['web-backend-3', 'web', 'backend', 'draining'],
    ['db-mysql-1', 'db', 'mysql', 'wanted'],
  ].map(([id, service, role, phase]) => ({
    id,
    service,
    role,
    phase,
    slot: 's',
    operation: 'op-1',
    restarts: 0,
    createdAt: 0,
  })),
});

const check = (value: unknown): Manifest => validateManifest(value, testSpecs).manifest;
const plan = (state: DesiredState | undefined, value: unknown): Plan =>
  Plan.parse(planManifest(state, check(value), testSpecs, state?.name ?? 'shop'));

/** The exported manifest with its first service changed. */
function changed(change: object): object {
  const exported = exportManifest(shopState, testSpecs) as { Services: object[] };
  return { ...exported, Services: [{ ...exported.Services[0], ...change }, ...exported.Services.slice(1)] };
}

describe('plan', () => {
  it('creates what is not there', () => {
    expect(
      plan(undefined, {
        Application: 'shop',
        Services: [
          {
            Type: 'php',
            ServiceName: 'web',
            Archive: ['https://example.org/a.tgz', 'b'],
            StartupInstances: { backend: 3 },
          },
          { Type: 'mysql', Start: 0 },
        ],
      }),
    ).toEqual({
      application: 'shop',
      exists: false,
      warnings: [],
      changes: [
        { action: 'create', text: 'Create the application shop', fields: [] },
        {
          action: 'create',
          service: 'web',
          text: 'Create service web (php): proxy 1, backend 3; code from https://example.org/a.tgz + b',
          fields: [],
        },
        { action: 'create', service: 'mysql', text: 'Create service mysql (mysql): mysql 1; not started', fields: [] },
      ],
    });
  });

  it('keeps everything when an export is applied again', () => {
    const exported = exportManifest(shopState, testSpecs);
    expect(plan(shopState, exported).changes.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep']);
    expect(JSON.parse(JSON.stringify(exported))).toEqual(exported);
  });

  it('leaves counts, code, dump, password and cloud alone when the manifest does not speak of them', () => {
    const { changes } = plan(
      shopState,
      changed({ StartupInstances: undefined, Archive: undefined, StartupScript: 'https://example.org/start.sh' }),
    );
    expect(changes.every(({ action }) => action === 'keep')).toBe(true);
  });

  it('lists each changed field from what to what', () => {
    const { changes } = plan(
      shopState,
      changed({
        Start: 0,
        StartupInstances: { backend: 4 },
        Environment: { MODE: 'test', EXTRA: '1' },
        Configuration: { max_execution_time: 60 },
        HealthCheck: { Path: '/', Timeout: 2.5 },
        Archive: { Blob: hash('f'), Name: 'new.tgz' },
        StartupScript: undefined,
      }),
    );
    expect(changes[1]).toMatchObject({ action: 'change', service: 'web' });
    expect(changes[1]?.text).toContain('stop it, backend from 2 to 4');
    expect(changes[1]?.fields).toEqual([
      { path: 'Start', from: true, to: false },
      { path: 'StartupInstances.backend', from: 2, to: 4 },
      { path: 'Environment.EXTRA', to: '1' },
      { path: 'Environment.MODE', from: 'live', to: 'test' },
      { path: 'Configuration.max_execution_time', from: 30, to: 60 },
      { path: 'Configuration.memory_limit', from: '64M', to: '128M' },
      { path: 'HealthCheck.Path', from: '/health', to: '/' },
      { path: 'Archive', from: 'https://example.org/shop.tgz + overlay', to: 'new.tgz' },
      { path: 'StartupScript', from: 'https://example.org/start.sh' },
    ]);
  });

  it('takes code for the same by its blob, or by its tree when another zlib packed it', () => {
    for (const Archive of [
      { Blob: hash('a'), Name: 'other name' },
      ['https://example.org/shop.tgz', { Blob: hash('9'), Tree: hash('d') }],
    ])
      expect(plan(shopState, changed({ Archive })).changes[1]?.action).toBe('keep');
    expect(plan(shopState, changed({ Archive: 'https://example.org/shop.tgz' })).changes[1]?.action).toBe('change');
  });

  it('removes what the manifest no longer has, and replaces what has another type', () => {
    const { changes } = plan(shopState, {
      Application: 'shop',
      Description: 'Sells things',
      Services: [{ Type: 'mysql', ServiceName: 'web' }],
    });
    expect(changes.map(({ action, service }) => [action, service])).toEqual([
      ['keep', undefined],
      ['remove', 'web'],
      ['remove', 'db'],
      ['create', 'web'],
    ]);
    expect(changes[1]?.text).toBe('Remove service web (php) with its code and data');
  });

  it('says that a plain password changes nothing later, and never shows it', () => {
    const exported = exportManifest(shopState, testSpecs) as { Services: object[] };
    const result = plan(shopState, {
      ...exported,
      Services: [exported.Services[0], { ...exported.Services[1], Password: 'contrail123' }],
    });
    expect(result.changes[2]?.action).toBe('keep');
    expect(result.warnings[0]).toMatch(/set_password/);
    expect(JSON.stringify(result)).not.toContain('contrail123');
  });
});

describe('where there are several clouds', () => {
  const manifest = validateManifest(
    {
      Application: 'shop',
      Services: [
        { Type: 'php', ServiceName: 'web', Cloud: 'attic', Needs: ['db'] },
        { Type: 'mysql', ServiceName: 'db' },
      ],
    },
    testSpecs,
  ).manifest;

  it('says of each service on which it is, or will be', () => {
    const { changes } = planManifest(undefined, manifest, testSpecs, 'shop', 'local');
    expect(changes.map(({ cloud, text }) => [cloud, text.replace(/:.*\[/, ' [')])).toEqual([
      ['local', 'Create the application shop [on local]'],
      ['attic', 'Create service web (php) [on attic]'],
      ['local', 'Create service db (mysql) [on local]'],
    ]);
    const changed = planManifest(shopState, manifest, testSpecs, 'shop', 'local').changes;
    expect(changed.map(({ service, cloud }) => [service, cloud])).toEqual([
      [undefined, undefined],
      ['web', 'attic'],
      ['db', 'local'],
    ]);
    expect(changed[1]?.fields).toContainEqual({ path: 'Cloud', to: 'attic' });
  });

  it('says nothing of it where there is one', () => {
    const { changes } = planManifest(undefined, manifest, testSpecs, 'shop');
    expect(JSON.stringify(changes)).not.toContain('[on');
  });
});

describe('export', () => {
  it('gives sources as they were given and secrets as names', () => {
    expect(exportManifest(shopState, testSpecs)).toEqual({
      Version: 1,
      Application: 'shop',
      Description: 'Sells things',
      Services: [
        {
          Type: 'php',
          ServiceName: 'web',
          Start: 1,
          StartupInstances: { proxy: 1, backend: 2 },
          StartupScript: 'https://example.org/start.sh',
          Archive: ['https://example.org/shop.tgz', { Blob: hash('c'), Name: 'overlay', Tree: hash('d') }],
          Environment: { MODE: 'live' },
          Secrets: ['API_KEY'],
          Configuration: { memory_limit: '64M' },
          Needs: ['db'],
          HealthCheck: { Path: '/health', Timeout: 2.5 },
          Domains: ['example.org'],
        },
        {
          Type: 'mysql',
          ServiceName: 'db',
          Start: 1,
          StartupInstances: { mysql: 1 },
          Dump: { Blob: hash('e'), Name: 'dump.sql' },
          Password: { Secret: 'DB_PASSWORD' },
          Needs: [],
        },
      ],
    });
  });
});
