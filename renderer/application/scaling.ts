/** What a change of node counts asks for. Pure. */

export interface Scaling {
  /** Nodes more, by role. */
  readonly add: Readonly<Record<string, number>>;
  /** Nodes less, by role. */
  readonly remove: Readonly<Record<string, number>>;
  /** For a person: `backend 3 → 5`; empty where nothing changes. */
  readonly text: string;
}

export function scaling(
  roles: readonly { readonly name: string; readonly count: number }[],
  wanted: Readonly<Record<string, number>>,
): Scaling {
  const add: Record<string, number> = {};
  const remove: Record<string, number> = {};
  const texts: string[] = [];
  for (const { name, count } of roles) {
    const next = wanted[name] ?? count;
    if (next > count) add[name] = next - count;
    if (next < count) remove[name] = count - next;
    if (next !== count) texts.push(`${name} ${count} → ${next}`);
  }
  return { add, remove, text: texts.join(', ') };
}
