/** OpenNebula's template language: `NAME = "value"` and `NIC = [ NETWORK_ID = "1" ]`. */

/** Attributes; one that is an array of objects is there several times. */
export type Template = Readonly<Record<string, string | number | readonly Readonly<Record<string, string | number>>[]>>;

export function toTemplate(template: Template): string {
  return Object.entries(template)
    .flatMap(([name, value]) =>
      typeof value === 'object'
        ? value.map((vector) => `${name} = [ ${Object.entries(vector).map(pair).join(', ')} ]`)
        : [pair([name, value])],
    )
    .join('\n');
}

/** In quotes only a quote means something. A backslash before one would be taken for its escape: it goes. */
function pair([name, value]: readonly [string, string | number]): string {
  const text = String(value)
    .replace(/\\+(?="|$)/g, '')
    .replaceAll('"', '\\"');
  return `${name} = "${text}"`;
}
