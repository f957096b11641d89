/** OpenAPI 3.1 from the method tables. */
import { z } from 'zod';
import { Failure } from '../contract/errors.ts';
import { contractVersion, type Method, type MethodTable } from '../contract/method.ts';
import { duplexProtocol, headers } from './wire.ts';

export interface OpenApiSources {
  readonly directorMethods: MethodTable;
  readonly managerMethods?: MethodTable;
  readonly agentMethods?: MethodTable;
  readonly hostMethods?: MethodTable;
  /** Service types by name, for the methods they add. */
  readonly serviceSpecs?: Readonly<
    Record<string, { readonly title: string; readonly managerMethods: MethodTable; readonly agentMethods: MethodTable }>
  >;
}

type Json = Record<string, unknown>;

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly 'x-kind': Method['kind'];
  readonly 'x-callers': readonly string[];
  readonly 'x-since': number;
  readonly parameters: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Json;
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly security: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Json; readonly responses: Json; readonly securitySchemes: Json };
}

const description = `Every process of a deployment serves its methods over HTTPS with mutual TLS (1.3). Errors are \
\`{"failure": {code, message, …}}\`. \`x-kind\` says how a method is called: query and command are a POST that answers \
once; a stream answers with one JSON document per line, \`{"seq", "item"}\`, a blank line when it is quiet, and \
\`{"failure"}\` where it ends badly; an upload has its parameters in a header and the file as body; a download answers \
with the file; a duplex upgrades the connection. A deadline travels in \`${headers.timeout}\` (milliseconds left). \
A path that ends in \`#agent\` or \`#host\` is the path without that ending, on that process.`;

const roles = {
  director: 'Served by the director of a deployment.',
  manager: 'Served by the manager of an application; users reach it through the director.',
  agent: 'Served by agents to their manager.',
  host: 'Served by the local host on its unix socket.',
} as const;
type Role = keyof typeof roles;

/** The document: a plain object, ready for JSON. */
export function openApiDocument(sources: OpenApiSources): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const schemas: Json = {};
  hoist('Failure', convert(Failure, 'output'), schemas);

  const add = (role: Role, methods: MethodTable | undefined, service?: string) => {
    for (const [name, method] of Object.entries(methods ?? {})) {
      const id = [role, service, name].filter((part) => part !== undefined).join('.');
      const plain = pathOf(role, name);
      // two service types may call a method alike
      const path = paths[plain] && service !== undefined ? `${plain}#${service}` : plain;
      const tags = service === undefined ? [role] : [role, service];
      paths[path] = { [method.kind === 'duplex' ? 'get' : 'post']: operation(id, tags, role, name, method, schemas) };
    }
  };
  add('director', sources.directorMethods);
  add('manager', sources.managerMethods);
  add('agent', sources.agentMethods);
  add('host', sources.hostMethods);
  for (const [type, spec] of Object.entries(sources.serviceSpecs ?? {})) {
    add('manager', spec.managerMethods, type);
    add('agent', spec.agentMethods, type);
  }
  const used = new Set(Object.values(paths).flatMap((item) => Object.values(item).flatMap(({ tags }) => tags)));
  return {
    openapi: '3.1.0',
    info: { title: 'ConPaaS', version: String(contractVersion), description },
    tags: [
      ...Object.entries(roles).map(([name, text]) => ({ name, description: text })),
      ...Object.entries(sources.serviceSpecs ?? {}).map(([name, { title }]) => ({ name, description: title })),
    ].filter(({ name }) => used.has(name)),
    security: [{ certificate: [] }],
    paths,
    components: {
      schemas,
      responses: {
        failure: {
          description: 'What went wrong, and what to do.',
          content: {
            'application/json': {
              schema: { type: 'object', required: ['failure'], properties: { failure: reference('Failure') } },
            },
          },
        },
      },
      securitySchemes: { certificate: { type: 'mutualTLS', description: 'A certificate of the deployment.' } },
    },
  };
}

function pathOf(role: Role, name: string): string {
  if (role === 'director') return `/v1/${name}`;
  return role === 'manager' ? `/v1/app/{application}/${name}` : `/v1/${name}#${role}`;
}

function operation(
  id: string,
  tags: readonly string[],
  role: Role,
  name: string,
  method: Method,
  schemas: Json,
): OpenApiOperation {
  const inHeader = method.kind === 'upload' || method.kind === 'duplex';
  const params = hoist(`${id}.params`, convert(method.params, 'input'), schemas);
  const parameters: Json[] = [];
  if (role === 'manager') {
    parameters.push({
      name: 'application',
      in: 'path',
      required: true,
      description: 'Application, by id or name.',
      schema: { type: 'string' },
    });
  }
  if (inHeader) {
    parameters.push({
      name: headers.params,
      in: 'header',
      required: true,
      description: 'Parameters: JSON in base64url.',
      content: { 'application/json': { schema: params } },
    });
  }
  if (method.kind === 'upload') parameters.push(...uploadHeaders);
  if (method.kind === 'stream') {
    parameters.push({
      name: 'after',
      in: 'query',
      description: 'Go on after the item with this `seq`, where the method can.',
      schema: { type: 'integer', minimum: 0 },
    });
  }
  return {
    operationId: id,
    summary: method.doc,
    tags,
    'x-kind': method.kind,
    'x-callers': method.callers,
    'x-since': method.since,
    parameters,
    ...(!inHeader && { requestBody: { required: true, content: { 'application/json': { schema: params } } } }),
    ...(method.kind === 'upload' && {
      requestBody: {
        required: true,
        description: method.maxBytes === undefined ? 'The file.' : `The file, at most ${method.maxBytes} bytes.`,
        content: { 'application/octet-stream': {} },
      },
    }),
    responses: { ...success(id, name, method, schemas), default: { $ref: '#/components/responses/failure' } },
  };
}

const uploadHeaders: Json[] = [
  [headers.upload, 'An id that the client chooses: hexadecimal, 16 to 64 digits, the same on each attempt.', 'string'],
  [headers.size, 'Size of the whole file in bytes.', 'integer'],
  [headers.sha256, 'SHA-256 of the whole file, hexadecimal.', 'string'],
  [headers.offset, 'Where this body begins: 0, or what a GET with the same headers answers.', 'integer'],
].map(([name, text, type]) => ({ name, in: 'header', required: true, description: text, schema: { type } }));

function success(id: string, name: string, method: Method, schemas: Json): Json {
  if (method.kind === 'download') {
    return {
      200: {
        description: `The file, with its SHA-256 in ${headers.sha256}.`,
        content: { 'application/octet-stream': {} },
      },
    };
  }
  if (method.kind === 'duplex') return { 101: { description: `Upgraded to ${duplexProtocol}.` } };
  const result = hoist(`${id}.result`, convert(method.result, 'output'), schemas);
  if (method.kind !== 'stream') {
    return { 200: { description: `Result of ${name}.`, content: { 'application/json': { schema: result } } } };
  }
  const line = {
    type: 'object',
    properties: { seq: { type: 'integer' }, item: result, failure: reference('Failure') },
  };
  return { 200: { description: 'One document per line.', content: { 'application/x-ndjson': { schema: line } } } };
}

function convert(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...converted } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return converted;
}

/** Puts a schema under the document's components, its definitions beside it, and returns a reference to it. */
function hoist(name: string, schema: Json, schemas: Json): Json {
  const { $defs, ...rest } = schema as { $defs?: Json };
  schemas[name] = moved(rest, name);
  for (const [key, definition] of Object.entries($defs ?? {})) schemas[`${name}.${key}`] = moved(definition, name);
  return reference(name);
}

/** References inside a schema, which were relative to it, made relative to the document. */
function moved(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => moved(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key !== '$ref' || typeof item !== 'string') return [key, moved(item, name)];
      return [key, item === '#' ? reference(name).$ref : item.replace(/^#\/\$defs\//, `#/components/schemas/${name}.`)];
    }),
  );
}

function reference(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
