/** What `apt-cache policy` says: pure. */

/** Whether apt could install a package of that name. */
export function hasCandidate(policy: string, name: string): boolean {
  const lines = policy.split('\n');
  const at = lines.indexOf(`${name}:`);
  if (at < 0) return false;
  const candidate = lines.slice(at + 1, at + 3).find((line) => line.startsWith('  Candidate: '));
  return candidate !== undefined && !candidate.endsWith('(none)');
}
