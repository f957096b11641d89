/**
 * The manifest's zod schema, built from the registered service types. It describes what people write; defaults and
 * wiring are filled in by normalize.ts, so that the JSON Schema made from it fits the text in an editor.
 */
import { z } from 'zod';
import { Placement } from '../service/placement.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { DomainName } from '../web/names.ts';

/** Service types by name, as in the generated registry. */
export type ServiceSpecs = Readonly<Record<string, ServiceSpec>>;

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'A name of letters, digits and _ is expected (it becomes a variable)');

const blobSource = z
  .strictObject({
    Blob: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'A SHA-256 is expected: 64 hexadecimal digits in lower case')
      .meta({ description: 'SHA-256 of a file that is at the director already.' }),
    Name: z.string().max(255).optional().meta({ description: 'What the file was called.' }),
    Tree: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'A SHA-256 is expected: 64 hexadecimal digits in lower case')
      .optional()
      .meta({ description: 'SHA-256 of the uncompressed tar of a packed folder.' }),
  })
  .meta({ description: 'A file that is at the director already.' });

const sourceText = z.string().min(1).max(4096).meta({
  description:
    'URL, local path (relative to the manifest; a folder is packed), or git URL (git+https://, git+ssh://, https://….git) with #branch, tag or commit.',
});

const source = z.union([sourceText, blobSource], 'A URL, a path, a git URL or {"Blob": …} is expected');

const archive = z
  .union(
    [sourceText, blobSource, z.array(source).min(1).max(16)],
    'A URL, a path, a git URL, {"Blob": …} or a list of these is expected',
  )
  .meta({
    description: 'The code: an archive or folder, or a list of them laid one over the other, later ones on top.',
  });

/** Keys that services of every type take. */
const commonKeys = {
  ServiceName: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^\s/\p{Cc}](?:[^/\p{Cc}]*[^\s/\p{Cc}])?$/u, 'A name without slashes and without blanks at its ends')
    .optional()
    .meta({ description: 'Name of the service, unique in the application. Default: the type.' }),
  Start: z
    .union([z.literal(0), z.literal(1), z.boolean()], '0 or 1 (or false or true) is expected')
    .optional()
    .meta({ description: 'Whether the service is started. Default: 1.' }),
  Cloud: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: "Name of the cloud its machines come from, where that is not the application's." }),
  StartupScript: source.optional().meta({ description: 'A script that runs on each node before its roles start.' }),
  Environment: z
    .record(variableName, z.string('A text is expected (write numbers in quotes)').max(65_536))
    .optional()
    .meta({ description: 'Environment variables of the code. Passwords belong into Secrets.' }),
  Secrets: z.array(variableName).max(200).optional().meta({
    description:
      'Names of secrets given to the code as environment variables. Values are set by `conpaas secret set APP NAME`.',
  }),
  Needs: z.array(z.string()).optional().meta({
    description:
      'Names of services this one uses; it gets <SERVICE>_HOST, _PORT, _USER, _PASSWORD and _DATABASE of each. Default for code: all databases of the manifest.',
  }),
};

const codeKeys = {
  Archive: archive.optional(),
  HealthCheck: z
    .strictObject({
      Path: z
        .string()
        .max(1000)
        .regex(/^\/[^\s\p{Cc}]*$/u, 'A path that begins with / is expected')
        .meta({ description: 'Path that must answer with a status below 400.' }),
      Timeout: z.number().min(0.1).max(120).optional().meta({ description: 'Seconds. Default: 5.' }),
    })
    .optional()
    .meta({ description: 'How to tell that the code works; a new version goes live only when it does.' }),
};

const domainKeys = {
  Domains: z.array(DomainName).max(100).optional().meta({
    description:
      'Names that users reach the service by, e.g. shop.example.org. Each gets a certificate; see https_certificates in Configuration.',
  }),
};

const dumpKeys = {
  Dump: source.optional().meta({ description: 'Data to load after the first start (.sql or .sql.gz).' }),
  Password: z
    .union(
      [
        z.string().min(8, 'A password has 8 characters or more').max(200),
        z.strictObject({ Secret: variableName.meta({ description: 'Name of a secret that holds the password.' }) }),
      ],
      'A text or {"Secret": "NAME"} is expected',
    )
    .optional()
    .meta({ description: 'Password of the database user. Better left out: one is generated.' }),
};

/** What a service of one type may hold. */
function serviceSchema(spec: ServiceSpec): z.ZodObject<{ Type: z.ZodLiteral<string> }> {
  const roles = Object.fromEntries(
    Object.entries(spec.roles).map(([name, role]) => {
      const range = `A whole number from ${role.min} to ${role.max} is expected`;
      const count = z.number().int(range).min(role.min, range).max(role.max, range);
      return [
        name,
        z
          .union([count, z.string().regex(/^[0-9]{1,4}$/, range)], range)
          .optional()
          .meta({ description: `${role.title}: ${role.doc} Default at first: ${role.count}.` }),
      ];
    }),
  );
  const shape = {
    Type: z.literal(spec.type),
    ...commonKeys,
    ...(spec.code ? codeKeys : {}),
    ...(spec.domains ? domainKeys : {}),
    ...(spec.dump ? dumpKeys : {}),
    StartupInstances: z
      .strictObject(roles)
      .optional()
      .meta({ description: 'Nodes per role. Left out: the default at first, later as many as there are.' }),
    Configuration: spec.configuration
      .strict()
      .optional()
      .meta({ description: `Settings of ${spec.title}.` }),
  };
  return z.strictObject(shape).meta({ title: spec.title, description: spec.doc });
}

/**
 * Schema of a manifest as people write it. `Type` must be lower case here; parseManifest is more lenient.
 * @param specs at least one service type
 */
export function manifestSchema(specs: ServiceSpecs) {
  const [first, ...rest] = Object.values(specs).map(serviceSchema);
  if (first === undefined) throw new RangeError('no service types are registered');
  return z
    .strictObject({
      $schema: z.string().optional().meta({ description: 'Where editors find this schema.' }),
      Version: z
        .literal(1, 'This program knows version 1')
        .optional()
        .meta({ description: 'Version of the manifest format: 1.' }),
      Application: z
        .string()
        .trim()
        .min(1)
        .max(100)
        .meta({ description: 'Name of the application. An application of this name is changed, else one is created.' }),
      Description: z.string().max(10_000).optional().meta({ description: 'What it is, for people.' }),
      Placement: Placement.optional().meta({
        description:
          'packed (the cheapest: the first node of each role shares one machine, growing takes more) or spread (a machine for each node). It is about nodes that are added; left out: as it is, packed at first.',
      }),
      Services: z
        .array(z.discriminatedUnion('Type', [first, ...rest]))
        .max(100)
        .optional()
        .meta({ description: 'The services, in any order.' }),
    })
    .meta({
      title: 'ConPaaS manifest',
      description: 'A whole application: its services, their code, sizes and wiring.',
    });
}

/** What manifestSchema lets through of a service: the keys that any type may have. */
export interface WrittenService {
  readonly Type: string;
  readonly ServiceName?: string;
  readonly Start?: 0 | 1 | boolean;
  readonly Cloud?: string;
  readonly StartupInstances?: Readonly<Record<string, number | string>>;
  readonly StartupScript?: z.infer<typeof source>;
  readonly Archive?: z.infer<typeof archive>;
  readonly Dump?: z.infer<typeof source>;
  readonly Password?: string | { readonly Secret: string };
  readonly Environment?: Readonly<Record<string, string>>;
  readonly Secrets?: readonly string[];
  readonly Configuration?: Readonly<Record<string, unknown>>;
  readonly Needs?: readonly string[];
  readonly HealthCheck?: { readonly Path: string; readonly Timeout?: number };
  readonly Domains?: readonly string[];
}

export interface WrittenManifest {
  readonly Application: string;
  readonly Description?: string;
  readonly Placement?: Placement;
  readonly Services?: readonly WrittenService[];
}
