/** What was changed of an environment and not applied yet, apart from what is set. Pure. */

type Environment = Readonly<Record<string, string>>;
/** `null`: taken away. */
export type EnvironmentChanges = Readonly<Record<string, string | null>>;

/** The environment as it would be. */
export function changedEnvironment(set: Environment, changes: EnvironmentChanges): Record<string, string> {
  const all: Record<string, string> = { ...set };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete all[name];
    else all[name] = value;
  }
  return all;
}

/** Changes that really are some. */
export function changesFrom(set: Environment, changes: EnvironmentChanges): EnvironmentChanges {
  return Object.fromEntries(Object.entries(changes).filter(([name, value]) => (set[name] ?? null) !== value));
}
