/** `clouds.yaml` and `secure.yaml` of OpenStack (openstacksdk, "Configuring OpenStack SDK Applications"). */
import { parse } from 'yaml';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Proposal } from './proposal.ts';
import type { Fields } from './store.ts';

const Text = z.union([z.string(), z.number()]).transform(String);
const Auth = z.looseObject({
  auth_url: Text.optional(),
  username: Text.optional(),
  password: Text.optional(),
  project_name: Text.optional(),
  project_id: Text.optional(),
  user_domain_name: Text.optional(),
  user_domain_id: Text.optional(),
  project_domain_name: Text.optional(),
  project_domain_id: Text.optional(),
  application_credential_id: Text.optional(),
  application_credential_secret: Text.optional(),
});
const Entry = z.looseObject({ auth: Auth.optional(), auth_type: Text.optional(), region_name: Text.optional() });
const File = z.looseObject({ clouds: z.record(z.string(), Entry.nullable()).optional() });

/** Ways to sign in that need no other program. */
const supported = new Set([undefined, 'password', 'v3password', 'v3applicationcredential']);

function read(text: string | undefined, name: string): Readonly<Record<string, z.infer<typeof Entry> | null>> {
  if (text === undefined) return {};
  let value: unknown;
  try {
    // Aliases are bounded: a small file must not become a large one.
    value = parse(text, { maxAliasCount: 50 });
  } catch (error) {
    throw new ConpaasError('invalid_request', `${name} is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  const parsed = File.safeParse(value ?? {});
  if (!parsed.success) throw new ConpaasError('invalid_request', `${name} is not a file of OpenStack clouds.`);
  return parsed.data.clouds ?? {};
}

/**
 * The clouds of the files as proposals of the kind `openstack`; what `secure.yaml` says wins.
 * @throws ConpaasError invalid_request: a file cannot be read as what it should be
 */
export function openstackProposals(files: {
  readonly clouds: string | undefined;
  readonly secure: string | undefined;
}): readonly Proposal[] {
  const clouds = read(files.clouds, 'clouds.yaml');
  const secure = read(files.secure, 'secure.yaml');
  return Object.entries(clouds).map(([name, open]) => {
    const about = { name: `openstack-${name}`, kind: 'openstack', from: 'clouds.yaml' };
    const hidden = secure[name];
    const type = hidden?.auth_type ?? open?.auth_type;
    const auth = { ...open?.auth, ...hidden?.auth };
    if (!supported.has(type)) return { ...about, unsupported: `It signs in by ${type}, which is not supported.` };
    if (open?.['profile'] !== undefined && !auth.auth_url) {
      return { ...about, unsupported: `It relies on the vendor profile ${String(open['profile'])}. Enter it by hand.` };
    }
    if (!auth.auth_url) return { ...about, unsupported: 'It has no auth_url.' };
    const fields: Record<string, string | undefined> = {
      authUrl: auth.auth_url,
      region: hidden?.region_name ?? open?.region_name,
      ...(auth.application_credential_id
        ? {
            applicationCredentialId: auth.application_credential_id,
            applicationCredentialSecret: auth.application_credential_secret,
          }
        : {
            username: auth.username,
            password: auth.password,
            project: auth.project_name ?? auth.project_id,
            userDomain: auth.user_domain_name ?? auth.user_domain_id,
            projectDomain: auth.project_domain_name ?? auth.project_domain_id,
          }),
    };
    if (!fields['applicationCredentialSecret'] && !fields['password']) {
      return { ...about, unsupported: 'It has no password and no application credential, here or in secure.yaml.' };
    }
    const present = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const set = (key: 'cacert' | 'verify'): unknown => hidden?.[key] ?? open?.[key];
    const notes = [
      ...(fields['region'] ? [] : ['No region is set: the only one is taken.']),
      ...(set('cacert') === undefined ? [] : ['Its authority (cacert) is not read: enter the cloud by hand with it.']),
      ...(set('verify') === false ? ['"verify: false" is left out: certificates are always checked.'] : []),
    ];
    return { ...about, fields: Object.fromEntries(present) satisfies Fields, notes };
  });
}
