/**
 * `~/.aws/credentials` and `~/.aws/config` (AWS CLI User Guide, "Configuration and credential file settings"), read and
 * nothing more: what they name to be run (`credential_process`) is never run, what they name to be asked (SSO, roles,
 * web identities) is not asked.
 */
import type { Proposal } from './proposal.ts';
import type { Fields } from './store.ts';

type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Sections of an INI file of that kind. Comments start a line with `#` or `;`; nested settings are indented. */
export function parseIni(text: string): Sections {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const head = /^\[\s*(.+?)\s*\]/.exec(line);
    if (head?.[1] !== undefined) {
      const name = head[1].replace(/\s+/g, ' ').replaceAll(/["']/g, '');
      current = sections.get(name) ?? new Map();
      sections.set(name, current);
      continue;
    }
    // Indented lines belong to the setting above (`s3 =`): none of them is ours.
    const pair = /^([A-Za-z0-9_.-]+)\s*=\s*(.*)$/.exec(line);
    if (pair?.[1] !== undefined && current && !/^\s/.test(raw)) {
      current.set(pair[1].toLowerCase(), (pair[2] ?? '').replace(/\s+[#;].*$/, '').trim());
    }
  }
  return sections;
}

/** Settings that make a profile one that only other programs can use, and what to say of them. */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/^credential_process$/, 'It runs a program for its keys (credential_process), which ConPaaS never does.'],
  [/^sso_/, 'It signs in through SSO, which is not supported. Make an access key for ConPaaS.'],
  [/^role_arn$/, 'It takes on a role (role_arn), which is not supported. Make an access key for ConPaaS.'],
  [/^(source_profile|credential_source)$/, 'It borrows the keys of another profile, which is not supported.'],
  [/^web_identity_token_file$/, 'It signs in with a web identity, which is not supported.'],
];

/**
 * Profiles as proposals of the kind `ec2`.
 * @param files their texts; undefined: there is no such file
 */
export function awsProposals(files: {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
}): readonly Proposal[] {
  const config = parseIni(files.config ?? '');
  const credentials = parseIni(files.credentials ?? '');
  const profiles = new Set<string>(credentials.keys());
  for (const section of config.keys()) {
    const name = section === 'default' ? 'default' : /^profile (.+)$/.exec(section)?.[1];
    if (name !== undefined) profiles.add(name);
  }
  return [...profiles].map((name) => {
    const settings = new Map([
      ...(config.get(name === 'default' ? name : `profile ${name}`) ?? []),
      // Keys in the credentials file win over those in the configuration.
      ...(credentials.get(name) ?? []),
    ]);
    return proposal(name, settings, credentials.has(name) ? '~/.aws/credentials' : '~/.aws/config');
  });
}

function proposal(profile: string, settings: ReadonlyMap<string, string>, from: string): Proposal {
  const about = { name: `aws-${profile}`, kind: 'ec2', from };
  const keyId = settings.get('aws_access_key_id');
  const secret = settings.get('aws_secret_access_key');
  const reason = unsupported.find(([pattern]) => [...settings.keys()].some((key) => pattern.test(key)))?.[1];
  if (!keyId || !secret) return { ...about, unsupported: reason ?? 'It has no access key.' };
  // Where a role or a program comes beside keys, the AWS tools would use that, and not these keys.
  if (reason !== undefined) return { ...about, unsupported: reason };
  const notes: string[] = [];
  const region = settings.get('region');
  if (!region) notes.push('No region is set: choose one.');
  const token = settings.get('aws_session_token');
  if (token) {
    return {
      ...about,
      unsupported: 'Its keys are temporary (aws_session_token) and end in hours. Make an access key.',
    };
  }
  const fields: Fields = { accessKeyId: keyId, secretAccessKey: secret, ...(region ? { region } : {}) };
  return { ...about, fields, notes };
}
