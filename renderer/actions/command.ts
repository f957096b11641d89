/** A value as one argument in a shell, for commands that are copied. Pure. */
export function argument(value: string): string {
  return /^[\w.:/@-]+$/.test(value) && !value.startsWith('-') ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
