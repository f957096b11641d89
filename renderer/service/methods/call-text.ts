/** The command that calls a method. Pure. */

/** A word for a POSIX shell. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `conpaas call shop/web set_debug '{"debug":true}'`; secrets stand as ••• */
export function callText(
  application: string,
  service: string,
  method: { readonly name: string; readonly kind: string },
  params: Readonly<Record<string, unknown>>,
  secrets: readonly string[] = [],
): string {
  const shown = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, secrets.includes(name) ? '•••' : value]),
  );
  const words = ['conpaas', 'call', shellWord(`${application}/${service}`), method.name];
  if (Object.keys(shown).length > 0) words.push(shellWord(JSON.stringify(shown)));
  if (method.kind === 'upload') words.push('--file', 'FILE');
  return words.join(' ');
}
