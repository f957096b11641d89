import { describe, expect, test } from 'vitest';
import { awsProposals, parseIni } from './aws-files.ts';
import { openstackProposals } from './openstack-files.ts';

const keys = 'aws_access_key_id = AKIA1\naws_secret_access_key = s3cret/+x\n';

describe('~/.aws', () => {
  test.each<[string, string, string, object]>([
    [
      'keys and region',
      '[default]\nregion = eu-west-1\n',
      `[default]\n${keys}`,
      {
        name: 'aws-default',
        fields: { accessKeyId: 'AKIA1', secretAccessKey: 's3cret/+x', region: 'eu-west-1' },
        notes: [],
      },
    ],
    ['no region', '', `[work]\n${keys}`, { name: 'aws-work', notes: ['No region is set: choose one.'] }],
    [
      'keys in the configuration',
      `[profile one]\n${keys}region=us-east-1`,
      '',
      { name: 'aws-one', from: '~/.aws/config', fields: { region: 'us-east-1' } },
    ],
    [
      'comments, quotes, spaces and nested settings',
      `# x\n[profile  "one"]\n${keys}s3 =\n  region = nested\nregion = eu-west-1 # here\n`,
      '',
      { fields: { region: 'eu-west-1' } },
    ],
    [
      'a program',
      '[default]\ncredential_process = /bin/false\n',
      '',
      { unsupported: expect.stringContaining('credential_process') },
    ],
    [
      'a program beside keys',
      '[default]\ncredential_process = /bin/false\n',
      `[default]\n${keys}`,
      { unsupported: expect.stringContaining('never') },
    ],
    ['SSO', '[profile s]\nsso_session = my\nsso_account_id = 1\n', '', { unsupported: expect.stringContaining('SSO') }],
    [
      'a role',
      `[profile r]\nrole_arn = arn:x\nsource_profile = default\n`,
      '',
      { unsupported: expect.stringContaining('role') },
    ],
    [
      'a web identity',
      '[profile w]\nweb_identity_token_file = /x\n',
      '',
      { unsupported: expect.stringContaining('web identity') },
    ],
    [
      'temporary keys',
      '',
      `[t]\n${keys}aws_session_token = x\n`,
      { unsupported: expect.stringContaining('temporary') },
    ],
    ['nothing', '[default]\nregion = eu-west-1\n', '', { unsupported: 'It has no access key.' }],
  ])('%s', (_what, config, credentials, expected) => {
    expect(awsProposals({ config, credentials })).toMatchObject([expected]);
  });

  test('sections that are no profiles are left alone, and no file is no proposal', () => {
    expect(
      awsProposals({ config: '[sso-session my]\nsso_region = x\n[services y]\n', credentials: undefined }),
    ).toEqual([]);
    expect(awsProposals({ config: undefined, credentials: undefined })).toEqual([]);
    expect(parseIni('no section = 1\n[a]\n[b]\nc = d=e')).toEqual(
      new Map([
        ['a', new Map()],
        ['b', new Map([['c', 'd=e']])],
      ]),
    );
  });
});

describe('clouds.yaml', () => {
  const cloud = (more: string) => `clouds:\n  one:\n    auth:\n      auth_url: https://k.example/v3\n${more}`;
  test.each<[string, string, string | undefined, object]>([
    [
      'a password',
      cloud('      username: ann\n      password: pw\n      project_name: p\n    region_name: R1\n'),
      undefined,
      {
        name: 'openstack-one',
        fields: { authUrl: 'https://k.example/v3', username: 'ann', password: 'pw', project: 'p', region: 'R1' },
        notes: [],
      },
    ],
    [
      'a password in secure.yaml',
      cloud('      username: ann\n'),
      'clouds:\n  one:\n    auth:\n      password: hidden\n',
      { fields: { password: 'hidden', username: 'ann' }, notes: ['No region is set: the only one is taken.'] },
    ],
    [
      'an application credential',
      cloud(
        '      application_credential_id: id\n      application_credential_secret: s\n    auth_type: v3applicationcredential\n',
      ),
      undefined,
      { fields: { applicationCredentialId: 'id', applicationCredentialSecret: 's' } },
    ],
    [
      'domains by id, and what is not taken over',
      cloud(
        '      username: ann\n      password: pw\n      user_domain_id: default\n    cacert: /x.pem\n    verify: false\n',
      ),
      undefined,
      {
        fields: { userDomain: 'default' },
        notes: [
          expect.stringContaining('region'),
          expect.stringContaining('cacert'),
          expect.stringContaining('always'),
        ],
      },
    ],
    [
      'a number as password',
      cloud('      username: ann\n      password: 123\n'),
      undefined,
      { fields: { password: '123' } },
    ],
    ['no password', cloud('      username: ann\n'), undefined, { unsupported: expect.stringContaining('no password') }],
    [
      'another way to sign in',
      cloud('    auth_type: v3oidcpassword\n'),
      undefined,
      { unsupported: expect.stringContaining('v3oidcpassword') },
    ],
    [
      'a vendor profile',
      'clouds:\n  one:\n    profile: vexxhost\n',
      undefined,
      { unsupported: expect.stringContaining('vexxhost') },
    ],
    ['nothing', 'clouds:\n  one:\n', undefined, { unsupported: 'It has no auth_url.' }],
  ])('%s', (_what, clouds, secure, expected) => {
    expect(openstackProposals({ clouds, secure })).toMatchObject([expected]);
  });

  test.each([
    ['no YAML', 'a: [', 'is not YAML'],
    ['something else', 'clouds: 7', 'not a file of OpenStack clouds'],
  ])('%s is said', (_what, clouds, message) => {
    expect(() => openstackProposals({ clouds, secure: undefined })).toThrow(message);
  });

  test('no clouds are no proposals', () => {
    expect(openstackProposals({ clouds: '', secure: undefined })).toEqual([]);
  });
});
