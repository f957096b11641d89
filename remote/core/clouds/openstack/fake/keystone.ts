/** For tests: a fake Keystone. */
import { z } from 'zod';
import { type AccessRule, policy } from '../policy.ts';
import { type Answered, type Asked, hexId, Refused } from './exchange.ts';

export interface FakeAccounts {
  readonly user: { readonly name: string; readonly password: string };
  readonly applicationCredential: { readonly id: string; readonly secret: string };
  readonly project: { readonly id: string; readonly name: string };
}

export interface FakeKeystone {
  answer(asked: Asked): Answered | undefined;
  /** Whether a service lets that token in, and do that. */
  accepts(token: unknown, request: AccessRule): boolean;
  /** Of the application credential: nothing else is done for it. */
  accessRules: readonly AccessRule[];
  /** As when an hour has passed. */
  expireTokens(): void;
  /** How often somebody has signed in. */
  readonly signIns: () => number;
}

const Domain = z.union([z.strictObject({ id: z.string() }), z.strictObject({ name: z.string() })]);
const Body = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      password: z.object({ user: z.object({ name: z.string(), domain: Domain, password: z.string() }) }).optional(),
      application_credential: z.object({ id: z.string(), secret: z.string() }).optional(),
    }),
    scope: z
      .object({ project: z.union([z.object({ id: z.string() }), z.object({ name: z.string(), domain: Domain })]) })
      .optional(),
  }),
});

const unauthorized = (): Refused =>
  new Refused(401, {
    error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
  });

const isDefault = (domain: z.infer<typeof Domain>): boolean =>
  'id' in domain ? domain.id === 'default' : domain.name === 'Default';

/** As Keystone's middleware matches them in front of each service: `{name}` and `*` are one part of a path, `**` any. */
export function allows(rule: AccessRule, { service, method, path }: AccessRule): boolean {
  const pattern = rule.path.replace(/\{[^}]*\}|\*\*|\*|[^{}*]+/g, (part) => {
    if (part === '**') return '.*';
    return /^[{*]/.test(part) ? '[^/]+' : part.replace(/[.]/g, '\\.');
  });
  return rule.service === service && rule.method === method && new RegExp(`^${pattern}$`).test(path);
}

/** @param catalogue addresses by type of service and region */
export function fakeKeystone(
  accounts: FakeAccounts,
  catalogue: () => readonly { type: string; region: string; url: string }[],
): FakeKeystone {
  /** And whether access rules limit them. */
  let tokens = new Map<string, boolean>();
  let signIns = 0;

  /** @returns whether they are scoped to the project */
  function authenticate({ auth: { identity, scope } }: z.infer<typeof Body>): boolean {
    const { methods, password, application_credential: credential } = identity;
    if (methods.includes('application_credential') && credential) {
      const { id, secret } = accounts.applicationCredential;
      if (credential.id !== id) {
        const message = `Could not find Application Credential: ${credential.id}.`;
        throw new Refused(404, { error: { code: 404, message, title: 'Not Found' } });
      }
      if (credential.secret !== secret) throw unauthorized();
      return true;
    }
    const given = password?.user;
    const { user, project } = accounts;
    if (given?.name !== user.name || given.password !== user.password || !isDefault(given.domain)) throw unauthorized();
    if (!scope) return false;
    const fits =
      'id' in scope.project
        ? scope.project.id === project.id
        : scope.project.name === project.name && isDefault(scope.project.domain);
    if (!fits) throw unauthorized();
    return true;
  }

  const keystone: FakeKeystone = {
    accessRules: policy(),
    accepts(token, request) {
      const limited = typeof token === 'string' ? tokens.get(token) : undefined;
      if (limited === undefined) return false;
      return !limited || keystone.accessRules.some((rule) => allows(rule, request));
    },
    expireTokens() {
      tokens = new Map();
    },
    signIns: () => signIns,
    answer({ method, path, body }) {
      if (method !== 'POST' || path !== '/v3/auth/tokens') return undefined;
      const parsed = Body.safeParse(body);
      if (!parsed.success) {
        const message = 'Expecting to find valid JSON in request body.';
        throw new Refused(400, { error: { code: 400, message, title: 'Bad Request' } });
      }
      const scoped = authenticate(parsed.data);
      const token = `gAAAA${hexId()}`;
      tokens.set(token, parsed.data.auth.identity.methods.includes('application_credential'));
      signIns += 1;
      const { id, name } = accounts.project;
      const domain = { id: 'default', name: 'Default' };
      const types = [...new Set(catalogue().map(({ type }) => type))];
      const catalog = types.map((type) => ({
        id: hexId(),
        type,
        name: type,
        endpoints: catalogue()
          .filter((one) => one.type === type)
          .flatMap(({ region, url }) =>
            (['public', 'internal', 'admin'] as const).map((face) => ({
              id: hexId(),
              interface: face,
              region,
              region_id: region,
              url: face === 'public' ? url : url.replace('127.', '10.'),
            })),
          ),
      }));
      const about = {
        methods: parsed.data.auth.identity.methods,
        user: { id: hexId(), name: accounts.user.name, domain, password_expires_at: null },
        audit_ids: [hexId()],
        expires_at: '2099-01-01T00:00:00.000000Z',
        issued_at: '2026-01-01T00:00:00.000000Z',
        ...(scoped ? { project: { id, name, domain }, roles: [{ id: hexId(), name: 'member' }], catalog } : {}),
      };
      return { status: 201, body: { token: about }, headers: { 'x-subject-token': token, vary: 'X-Auth-Token' } };
    },
  };
  return keystone;
}
