/** Which service uses which: by name, in any order, never in a circle. */
import type { Mistake } from './mistakes.ts';
import type { ServiceSpecs, WrittenService } from './schema.ts';
import { unknownName } from './suggest.ts';

/**
 * The prefix of a service's variables: `my-db` gives `MY_DB` (as in `MY_DB_HOST`). Letters lose their accents, anything
 * else becomes `_`; a leading digit gets a `_` before it.
 */
export function environmentName(serviceName: string): string {
  const plain = serviceName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_');
  return /^[0-9]/.test(plain) ? `_${plain}` : plain;
}

/**
 * Names for the services: the given ones, else the type, made unique with -2, -3 …
 * @returns names in the order of the services, and the mistakes (same name twice, names that share their variables)
 */
export function nameServices(services: readonly WrittenService[]): { names: string[]; mistakes: Mistake[] } {
  const mistakes: Mistake[] = [];
  const taken = new Map<string, string>();
  for (const [index, { ServiceName: name }] of services.entries()) {
    if (name === undefined) continue;
    const path = ['Services', index, 'ServiceName'];
    const other = taken.get(environmentName(name));
    if (other?.toLowerCase() === name.toLowerCase())
      mistakes.push({ path, message: `Another service is called "${other}" already`, of: 'value' });
    else if (other !== undefined)
      mistakes.push({
        path,
        message: `"${name}" and "${other}" would share their variables (${environmentName(name)}_…); rename one`,
        of: 'value',
      });
    else taken.set(environmentName(name), name);
  }
  const names = services.map(({ ServiceName, Type }) => {
    if (ServiceName !== undefined) return ServiceName;
    let name = Type;
    for (let count = 2; taken.has(environmentName(name)); count++) name = `${Type}-${count}`;
    taken.set(environmentName(name), name);
    return name;
  });
  return { names, mistakes };
}

/**
 * What each service needs: as written, else (as in the original) a service with code gets every database there is.
 */
export function wireServices(
  services: readonly WrittenService[],
  names: readonly string[],
  specs: ServiceSpecs,
): { needs: string[][]; mistakes: Mistake[] } {
  const mistakes: Mistake[] = [];
  const databases = names.filter((_, index) => specs[services[index]?.Type ?? '']?.dump === true);
  const needs = services.map((service, index) => {
    if (service.Needs === undefined) return specs[service.Type]?.code === true ? [...databases] : [];
    for (const [position, need] of service.Needs.entries()) {
      const path = ['Services', index, 'Needs', position];
      if (need === names[index]) mistakes.push({ path, message: 'A service cannot need itself', of: 'value' });
      else if (!names.includes(need)) {
        const others = names.filter((name) => name !== names[index]);
        mistakes.push({ path, message: unknownName('Service', need, others).replace(/\.$/, ''), of: 'value' });
      }
    }
    return [...new Set(service.Needs)];
  });
  if (mistakes.length === 0) {
    const circle = findCircle(names, needs);
    const index = names.indexOf(circle?.[0] ?? '');
    if (circle !== undefined)
      mistakes.push({
        path: ['Services', index, 'Needs'],
        message: `Services need each other in a circle: ${circle.join(' → ')}`,
        of: 'value',
      });
  }
  return { needs, mistakes };
}

/** A circle such as [a, b, a], if there is one. */
function findCircle(names: readonly string[], needs: readonly (readonly string[])[]): string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (name: string): string[] | undefined => {
    const start = trail.indexOf(name);
    if (start >= 0) return [...trail.slice(start), name];
    if (done.has(name)) return undefined;
    trail.push(name);
    for (const need of needs[names.indexOf(name)] ?? []) {
      const circle = visit(need);
      if (circle !== undefined) return circle;
    }
    trail.pop();
    done.add(name);
    return undefined;
  };
  for (const name of names) {
    const circle = visit(name);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
