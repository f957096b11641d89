/** Signing in at Keystone: a token, and where the services of the project are. API: https://docs.openstack.org/api-ref/identity/v3/ */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { HttpClient } from '../machines/http.ts';
import { plainError, Refusal, wrongCredentials } from './errors.ts';
import type { OpenStackCredentials, OpenStackOptions } from './settings.ts';

const Signed = z.object({
  token: z.object({
    project: z.object({ id: z.string() }).optional(),
    catalog: z
      .array(
        z.object({
          type: z.string(),
          endpoints: z.array(
            z.object({
              interface: z.string(),
              region: z.string().nullish(),
              region_id: z.string().nullish(),
              url: z.string(),
            }),
          ),
        }),
      )
      .optional(),
  }),
});

/** Services by the names that catalogues have for them, and the version of theirs that we speak. */
export const services = {
  compute: { types: ['compute'], version: 'v2.1', title: 'Nova (compute)' },
  network: { types: ['network'], version: 'v2.0', title: 'Neutron (network)' },
  image: { types: ['image'], version: 'v2', title: 'Glance (image)' },
  volume: { types: ['block-storage', 'volumev3', 'volume'], version: 'v3', title: 'Cinder (volume)' },
} as const;
export type Service = keyof typeof services;

export interface Session {
  readonly token: string;
  readonly project: string;
  /** Without a slash at its end. @throws ConpaasError cloud_failed: the project has no such service there */
  endpoint(service: Service): string;
  has(service: Service): boolean;
}

/** @throws ConpaasError unauthenticated, cloud_failed, unreachable */
export async function signIn(http: HttpClient, options: OpenStackOptions, signal: AbortSignal): Promise<Session> {
  const { credentials, settings } = options;
  const answer = await http.ask(
    {
      method: 'POST',
      url: new URL(`${identityAddress(credentials.authUrl)}/auth/tokens`),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(signInBody(credentials)),
      repeatable: true,
    },
    signal,
  );
  if (answer.status !== 201) {
    const refusal = new Refusal(answer);
    // Of an application credential that is not there Keystone says 404.
    const unknown = refusal.status === 404 && credentials.applicationCredentialId !== undefined && refusal.type !== '';
    throw unknown ? wrongCredentials(refusal) : plainError(refusal, 'signing in');
  }
  const token = answer.headers['x-subject-token'];
  const parsed = Signed.safeParse(JSON.parse(answer.text));
  if (typeof token !== 'string' || !parsed.success) {
    throw new ConpaasError('cloud_failed', `At ${credentials.authUrl} there is no identity service of version 3.`);
  }
  const { project, catalog = [] } = parsed.data.token;
  if (!project) {
    throw new ConpaasError('forbidden', 'These credentials are of no project. Name one that the user has a role in.');
  }
  const found = (service: Service): string[] => {
    const { types } = services[service];
    const entry = types.map((type) => catalog.find((one) => one.type === type)).find((one) => one !== undefined);
    return (entry?.endpoints ?? []).flatMap((one) => {
      const here = settings.region === undefined || [one.region, one.region_id].includes(settings.region);
      return one.interface === 'public' && here ? [one.url] : [];
    });
  };
  const regions = new Set(
    catalog.flatMap(({ endpoints }) => endpoints.map((one) => one.region_id ?? one.region ?? '')),
  );
  return {
    token,
    project: project.id,
    has: (service) => found(service).length > 0,
    endpoint(service) {
      const [url, ...others] = found(service);
      if (url !== undefined && others.length === 0) return withVersion(url, services[service].version);
      const known = [...regions].sort().join(', ');
      const text =
        url === undefined
          ? `The project has no ${services[service].title}${settings.region === undefined ? '' : ` in the region ${settings.region}`}.`
          : 'The cloud has several regions: choose one.';
      throw new ConpaasError('cloud_failed', `${text} Its regions are: ${known}.`);
    },
  };
}

/** The address with the version that we speak, whatever is written in the file of the user. */
function identityAddress(given: string): string {
  return `${given.replace(/\/+$/, '').replace(/\/v[23](\.0)?$/, '')}/v3`;
}

/** Catalogues have addresses with a version, with another one, and without; some have the project behind it. */
function withVersion(url: string, version: string): string {
  const bare = url.replace(/\/+$/, '');
  const written = /\/v\d+(\.\d+)?(?=\/|$)/;
  return written.test(bare) ? bare.replace(written, `/${version}`) : `${bare}/${version}`;
}

function signInBody(credentials: OpenStackCredentials): object {
  const { applicationCredentialId: id, applicationCredentialSecret: secret } = credentials;
  if (id !== undefined && secret !== undefined) {
    const identity = { methods: ['application_credential'], application_credential: { id, secret } };
    return { auth: { identity } };
  }
  const { username, password, project = '', userDomain = 'default', projectDomain = userDomain } = credentials;
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: username, domain: reference(userDomain), password } },
      },
      scope: {
        project: isId(project) ? { id: project } : { name: project, domain: reference(projectDomain) },
      },
    },
  };
}

const isId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

/** A domain by its id or its name; "default" is the id of the one called "Default". */
const reference = (domain: string): object =>
  domain.toLowerCase() === 'default' ? { id: 'default' } : isId(domain) ? { id: domain } : { name: domain };
