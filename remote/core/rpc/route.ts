/** Paths. */

export type Route =
  | { readonly kind: 'method'; readonly name: string; readonly after: number | undefined }
  | { readonly kind: 'relay'; readonly application: string; readonly name: string; readonly query: string }
  | { readonly kind: 'other'; readonly path: string };

/** What a request target means. */
export function routeOf(target: string): Route {
  const [path = '/', query] = target.split('?', 2);
  const parts = path.split('/').map(decode);
  if (parts[0] === '' && parts[1] === 'v1') {
    const [, , first, application, name, more] = parts;
    if (first && application === undefined) return { kind: 'method', name: first, after: afterOf(query) };
    if (first === 'app' && application && name && more === undefined) {
      return { kind: 'relay', application, name, query: query === undefined ? '' : `?${query}` };
    }
  }
  return { kind: 'other', path };
}

/** The path of a method, through a director where an application is named. */
export function pathOf(name: string, application: string | undefined, after?: number): string {
  const through = application === undefined ? '' : `app/${encodeURIComponent(application)}/`;
  return `/v1/${through}${encodeURIComponent(name)}${after === undefined ? '' : `?after=${after}`}`;
}

function afterOf(query: string | undefined): number | undefined {
  const text = new URLSearchParams(query).get('after') ?? '';
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // malformed: names nothing that exists
  }
}
