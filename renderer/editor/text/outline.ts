/** The services of a manifest and what each needs, placed for a picture. Pure. */
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { serviceName } from './completion.ts';
import { isRecord } from './schema.ts';
import { problemTexts } from './texts.ts';

export interface OutlineService {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  /** Roles with counts, as written: `backend 2`. */
  readonly roles: readonly string[];
  /** Names of services it needs, as written; where nothing is written, what the program takes: all databases. */
  readonly needs: readonly string[];
  /** Where it stands in the text. */
  readonly from: number;
  readonly to: number;
  /** Column and row in the picture: users of a service stand left of it. */
  readonly column: number;
  readonly row: number;
}

/** @param text can be read: see the session. @param dumpTypes types that are databases; @param codeTypes those with code */
export function outlineOf(
  text: string,
  document: Readonly<Record<string, unknown>>,
  types: { readonly code: ReadonlySet<string>; readonly databases: ReadonlySet<string> },
): readonly OutlineService[] {
  const services = Array.isArray(document['Services']) ? document['Services'].filter(isRecord) : [];
  const root = parseTree(text, []);
  const names = uniqueNames(services);
  const typeOf = (service: Readonly<Record<string, unknown>>): string =>
    typeof service['Type'] === 'string' ? service['Type'].toLowerCase() : '';
  const databases = names.filter((_, index) => types.databases.has(typeOf(services[index] ?? {})));
  const needs = services.map((service, index) => {
    const written = service['Needs'];
    if (Array.isArray(written)) return written.map(String).filter((need) => need !== names[index]);
    return types.code.has(typeOf(service)) ? databases : [];
  });
  const columns = columnsOf(names, needs);
  const rows = new Map<number, number>();
  return services.map((service, index) => {
    const node = root && findNodeAtLocation(root, ['Services', index]);
    const column = columns[index] ?? 0;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    const roles = isRecord(service['StartupInstances']) ? Object.entries(service['StartupInstances']) : [];
    return {
      index,
      name: names[index] ?? '',
      type: typeOf(service),
      roles: roles.map(([role, count]) => `${role} ${String(count)}`),
      needs: (needs[index] ?? []).filter((need) => names.includes(need)),
      from: node?.offset ?? 0,
      to: node ? node.offset + node.length : 0,
      column,
      row,
    };
  });
}

/** As the program names them: the given name, else the type, made unique with -2, -3 … */
function uniqueNames(services: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const taken = new Set(services.map((service) => service['ServiceName']));
  return services.map((service) => {
    const given = service['ServiceName'];
    const base = serviceName(service) ?? problemTexts().unnamed;
    if (given === base) return base;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    return name;
  });
}

/** One more than the largest column of those that need it; a circle ends at the number of services. */
function columnsOf(names: readonly string[], needs: readonly (readonly string[])[]): readonly number[] {
  const columns = names.map(() => 0);
  for (let round = 0; round < names.length; round++) {
    for (const [index, list] of needs.entries()) {
      for (const need of list) {
        const target = names.indexOf(need);
        const wanted = Math.min((columns[index] ?? 0) + 1, names.length - 1);
        if (target >= 0 && (columns[target] ?? 0) < wanted) columns[target] = wanted;
      }
    }
  }
  return columns;
}
