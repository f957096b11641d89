/** A service type as plain data, for the page that is built from it. */
import { z } from 'zod';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { managerMethods } from '../../../remote/core/contract/manager.ts';
import type { MethodTable } from '../../../remote/core/contract/method.ts';
import type { ServiceSpecs } from '../../../remote/core/manifest/index.ts';
import type { ServiceMethod, TypeDescription } from '../calls/service.ts';

/** @throws ConpaasError not_found */
export function describeType(specs: ServiceSpecs, type: string): TypeDescription {
  const spec = Object.hasOwn(specs, type) ? specs[type] : undefined;
  if (!spec) throw new ConpaasError('not_found', `This desktop knows no service type "${type}". Update it.`);
  const { title, doc, code, dump, scripts = false } = spec;
  return {
    type,
    title,
    doc,
    code,
    dump,
    scripts,
    keepsData: Object.values(spec.roles).some(({ volume }) => volume !== undefined),
    roles: Object.fromEntries(
      Object.entries(spec.roles).map(([name, role]) => [name, { title: role.title, doc: role.doc }]),
    ),
    configuration: z.toJSONSchema(spec.configuration, { io: 'input', unrepresentable: 'any' }),
    methods: [...methodsOf(spec.managerMethods, true), ...methodsOf(managerMethods, false)],
  };
}

const shown = new Set(['query', 'command', 'upload', 'download']);

/** Methods that users may call on a service. */
function methodsOf(table: MethodTable, own: boolean): ServiceMethod[] {
  return Object.entries(table).flatMap(([name, method]) => {
    if (!method.callers.includes('user') || !shown.has(method.kind)) return [];
    const params = z.toJSONSchema(method.params, { io: 'input', unrepresentable: 'any' });
    if (!Object.hasOwn(params.properties ?? {}, 'service')) return [];
    return [{ name, kind: method.kind as ServiceMethod['kind'], doc: method.doc, params, own }];
  });
}
