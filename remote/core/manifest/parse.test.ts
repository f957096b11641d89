import { describe, expect, it } from 'vitest';
import { ConpaasError, type Failure } from '../contract/errors.ts';
import { parseManifest, validateManifest } from './index.ts';
import { testSpecs } from './test-specs.ts';

/** The failure that parsing ends with. */
function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof ConpaasError) return thrown.failure;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

const refuse = (text: string) => failureOf(() => parseManifest(text, testSpecs));
const accept = (value: object) => parseManifest(JSON.stringify(value), testSpecs);
const mistakes = (service: object, more: object[] = []) =>
  (failureOf(() => validateManifest({ Application: 'a', Services: [service, ...more] }, testSpecs)).places ?? []).map(
    ({ path, message }) => `${path} ${message}`,
  );

describe("the original's format", () => {
  it('is accepted as it is, and defaults are filled in', () => {
    const { manifest, warnings } = accept({
      Application: 'Sudoku example',
      Description: 'A sudoku',
      Services: [
        {
          Type: 'php',
          ServiceName: 'PHP sudoku backend',
          Start: 0,
          Archive: 'http://www.conpaas.eu/wp-content/uploads/2011/09/sudoku.tar.gz',
          StartupInstances: { proxy: '1', backend: 2 },
          StartupScript: 'https://example.org/start.sh',
          Cloud: 'default',
        },
        { Type: 'mysql', Dump: 'https://example.org/dump.sql', Password: 'contrail123' },
      ],
    });
    expect(manifest).toMatchObject({
      Version: 1,
      Services: [
        {
          Type: 'php',
          Start: false,
          Archive: ['http://www.conpaas.eu/wp-content/uploads/2011/09/sudoku.tar.gz'],
          StartupInstances: { proxy: 1, backend: 2 },
          Needs: ['mysql'],
        },
        { Type: 'mysql', ServiceName: 'mysql', Start: true, Needs: [] },
      ],
    });
    expect(manifest.Services[0]).not.toHaveProperty('Cloud');
    expect(warnings).toHaveLength(3);
    expect(warnings.join('\n')).toMatch(/not started[\s\S]*without protection[\s\S]*plain text/);
    expect(warnings.join('\n')).not.toContain('contrail123');
  });

  it('takes a type in any letter case, no services, and a byte order mark', () => {
    expect(accept({ Application: 'a', Services: [{ Type: 'PHP' }] }).manifest.Services[0]?.Type).toBe('php');
    expect(parseManifest('\uFEFF{"Application": "a"}', testSpecs).manifest.Services).toEqual([]);
  });

  it('names unnamed services after their type, uniquely, in any order', () => {
    const { manifest } = accept({
      Application: 'a',
      Services: [{ Type: 'php' }, { Type: 'php' }, { Type: 'mysql', ServiceName: 'php-2' }],
    });
    expect(manifest.Services.map(({ ServiceName }) => ServiceName)).toEqual(['php', 'php-3', 'php-2']);
  });
});

describe('a checked manifest', () => {
  it('is itself a manifest and checks to the same', () => {
    const { manifest } = accept({
      Application: 'a',
      Services: [
        {
          Type: 'php',
          Archive: ['https://example.org/a.tgz', 'overlay', { Blob: 'a'.repeat(64), Name: 'x' }],
          Configuration: { memory_limit: '64M' },
          HealthCheck: { Path: '/health' },
          Domains: ['Example.org'],
          Environment: { A: 'b' },
          Secrets: ['KEY'],
        },
        { Type: 'mysql' },
      ],
    });
    expect(validateManifest(manifest, testSpecs).manifest).toEqual(manifest);
    expect(manifest.Services[0]).toMatchObject({
      Configuration: { memory_limit: '64M' },
      HealthCheck: { Path: '/health', Timeout: 5 },
      Domains: ['example.org'],
    });
    expect(manifest.Services[0]?.Configuration).toEqual({ memory_limit: '64M' });
  });
});

describe('mistakes in the text', () => {
  it.each([
    ['', 1, 1, /empty|value/i],
    ['{\n  "Application": "a", // name\n}', 2, 23, /no comments/],
    ['{\n  "Application": "a",\n}', 3, 1, /no comma after the last/],
    ['{\n  "Application": "a"\n  "Services": []\n}', 3, 3, /comma is expected/],
    ['{"Application": "a", "Application": "b"}', 1, 22, /twice/],
    ["{'Application': 'a'}", 1, 2, /double quotes/],
    ['{"Application": "a"', 1, 20, /closing brace/],
  ])('%j is refused with its place', (text, line, column, message) => {
    const failure = refuse(text);
    expect(failure).toMatchObject({ code: 'invalid_request' });
    expect(failure.places?.[0]?.message).toMatch(message);
    expect(failure.places?.[0]).toMatchObject({ line, column });
  });

  it('does not follow a text of brackets into the ground', () => {
    expect(refuse('['.repeat(1_000_000)).message).toMatch(/nested deeper/);
  });

  it('points at keys and values by line and column', () => {
    const text = `{
  "Application": "shop",
  "Services": [
    { "Type": "php", "Achive": "x" },
    { "Type": "mysqll" },
    { "Type": "php", "ServiceName": "w", "StartupInstances": { "backends": 2, "proxy": 99 } }
  ]
}`;
    const failure = refuse(text);
    expect(failure.places).toEqual([
      {
        path: '$.Services[0].Achive',
        message: 'Key "Achive" is not known here; did you mean "Archive"?',
        line: 4,
        column: 22,
      },
      {
        path: '$.Services[1].Type',
        message: 'Type "mysqll" is not known here; did you mean "mysql"?',
        line: 5,
        column: 15,
      },
      {
        path: '$.Services[2].StartupInstances.backends',
        message: 'Role "backends" is not known here; did you mean "backend"?',
        line: 6,
        column: 64,
      },
      {
        path: '$.Services[2].StartupInstances.proxy',
        message: 'A whole number from 1 to 4 is expected',
        line: 6,
        column: 88,
      },
    ]);
    expect(failure.message).toContain('4 mistakes');
    expect(failure.message).toContain('line 4, column 22');
  });
});

describe('mistakes in the content', () => {
  it.each<[object, RegExp]>([
    [{}, /\$\.Services\[0\]\.Type "Type" is missing/],
    [{ Type: 7 }, /Type A service type is expected: php, mysql/],
    [{ Type: 'php', Dump: 'x' }, /A php service takes no Dump/],
    [{ Type: 'mysql', Archive: 'x' }, /A mysql service takes no Archive/],
    [{ Type: 'php', Configuration: { memory_limt: '1M' } }, /Configuration\.memory_limt .* mean "memory_limit"/],
    [{ Type: 'php', Configuration: { memory_limit: 'lots' } }, /memory_limit A size such as 128M/],
    [{ Type: 'php', StartupInstances: { backend: '99' } }, /backend A whole number from 1 to 8/],
    [{ Type: 'php', StartupInstances: { backend: 1.5 } }, /backend/],
    [{ Type: 'php', StartupInstances: { backend: 'two' } }, /backend/],
    [{ Type: 'php', Environment: { 'A-B': 'x' } }, /Environment.* letters, digits and _/],
    [{ Type: 'php', Environment: { PORT: 80 } }, /PORT A text is expected \(write numbers in quotes\)/],
    [{ Type: 'php', Environment: { CONPAAS_NODE: 'x' } }, /set by the platform/],
    [{ Type: 'php', Environment: { A: 'x' }, Secrets: ['A'] }, /both a secret and in the Environment/],
    [{ Type: 'php', Start: 2 }, /Start 0 or 1/],
    [{ Type: 'php', Start: '1' }, /Start 0 or 1/],
    [{ Type: 'php', Archive: 'ftp://example.org/x.tgz' }, /ftp:\/\/, which is not supported/],
    [{ Type: 'php', Archive: 'git@example.org:a/b.git' }, /git\+ssh:\/\//],
    [{ Type: 'php', Archive: [] }, /Archive/],
    [{ Type: 'php', Archive: ['ok', 'ftp://example.org/'] }, /Archive\[1\]/],
    [{ Type: 'php', Archive: { Blob: 'short' } }, /Archive\.Blob A SHA-256/],
    [{ Type: 'php', Archive: { Blb: 'a'.repeat(64) } }, /Blb.* mean "Blob"/],
    [{ Type: 'php', StartupScript: 'https://example.org/a.git' }, /cannot be a git repository/],
    [{ Type: 'php', ServiceName: 'a/b' }, /without slashes/],
    [{ Type: 'php', HealthCheck: { Path: 'health' } }, /begins with \//],
    [{ Type: 'php', HealthCheck: {} }, /"Path" is missing/],
    [{ Type: 'php', Domains: ['not a domain'] }, /Domains\[0\] A domain name is expected/],
    [{ Type: 'php', Domains: ['*.example.org'] }, /without \* is expected/],
    [{ Type: 'php', Domains: ['10.0.0.12'] }, /A domain name is expected/],
    [{ Type: 'php', Domains: ['shop'] }, /A domain name is expected/],
    [{ Type: 'mysql', Domains: ['a.test'] }, /A mysql service takes no Domains/],
    [{ Type: 'mysql', Password: 'short' }, /8 characters/],
  ])('%j', (service, message) => {
    const found = mistakes(service);
    expect(found.join('\n')).toMatch(message);
    expect(found).toHaveLength(found.some((text) => text.includes('Blb')) ? found.length : 1);
  });

  it('says what the top may hold', () => {
    const failure = failureOf(() => validateManifest({ Aplication: 'a', Version: 2 }, testSpecs));
    const messages = (failure.places ?? []).map(({ message }) => message).join('\n');
    expect(messages).toMatch(/"Application" is missing/);
    expect(messages).toMatch(/mean "Application"/);
    expect(messages).toMatch(/version 1/);
    expect(failureOf(() => validateManifest([], testSpecs)).message).toMatch(/is an object/);
  });
});

describe('wiring', () => {
  it('knows services by name in any order', () => {
    const { manifest } = accept({
      Application: 'a',
      Services: [
        { Type: 'php', Needs: ['db'] },
        { Type: 'mysql', ServiceName: 'db' },
        { Type: 'mysql', ServiceName: 'other' },
        { Type: 'php', ServiceName: 'alone', Needs: [] },
        { Type: 'php', ServiceName: 'all' },
      ],
    });
    expect(manifest.Services.map(({ Needs }) => Needs)).toEqual([['db'], [], [], [], ['db', 'other']]);
  });

  it('knows whose a domain is, and says what cannot be certified', () => {
    const shop = { Type: 'php', ServiceName: 'shop', Domains: ['shop.test'] };
    expect(mistakes(shop, [{ Type: 'php', ServiceName: 'other', Domains: ['Shop.TEST'] }])).toEqual([
      expect.stringMatching(/Services\[1\]\.Domains\[0\] "shop.test" is a domain of another service/),
    ]);
    const warningsOf = (domains: string[]) =>
      validateManifest({ Application: 'a', Services: [{ ...shop, Domains: domains }] }, testSpecs).warnings;
    expect(warningsOf(['shop.test', 'shop.test'])).toEqual([]);
    expect(warningsOf(['shop.conpaas.eu'])).toEqual([
      expect.stringMatching(/by HTTP only.*https_certificates to acme/),
    ]);
  });

  it('says which placements there are', () => {
    const placed = (Placement: string) => validateManifest({ Application: 'a', Placement, Services: [] }, testSpecs);
    expect(placed('spread').manifest.Placement).toBe('spread');
    expect(() => placed('scattered')).toThrow(/packed.*spread/);
  });

  it('refuses unknown names, itself, circles and names that share variables', () => {
    const database = { Type: 'mysql', ServiceName: 'my-db' };
    expect(mistakes({ Type: 'php', Needs: ['my-bd'] }, [database])[0]).toMatch(/Needs\[0\] .* mean "my-db"/);
    expect(mistakes({ Type: 'php', Needs: ['php'] })[0]).toMatch(/cannot need itself/);
    expect(
      mistakes({ Type: 'php', ServiceName: 'a', Needs: ['b'] }, [{ Type: 'php', ServiceName: 'b', Needs: ['a'] }])[0],
    ).toMatch(/circle: a → b → a/);
    expect(mistakes(database, [{ Type: 'mysql', ServiceName: 'my_db' }])[0]).toMatch(
      /share their variables \(MY_DB_…\)/,
    );
    expect(mistakes(database, [{ Type: 'mysql', ServiceName: 'MY-DB' }])[0]).toMatch(/called "my-db" already/);
  });
});
