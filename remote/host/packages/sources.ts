/** Which archives a machine's distribution has, as lines of apt's sources: pure. */

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Sources by which apt gets everything from a gateway on this machine.
 * @param osRelease content of /etc/os-release
 * @param architecture as Node calls it
 * @param keyrings files of keys that are there: those of the distribution are the only ones that apt is to believe
 * @returns undefined for a distribution whose archives we do not know
 */
export function sourcesOf(
  osRelease: string,
  architecture: string,
  port: number,
  keyrings: readonly string[],
): string | undefined {
  const value = (name: string): string =>
    (new RegExp(`^${name}="?([a-z0-9.-]*)"?$`, 'm').exec(osRelease)?.[1] ?? '').trim();
  const [distribution, codename] = [value('ID'), value('VERSION_CODENAME')];
  const arch = architectures[architecture];
  const keyring = keyrings.find((file) => file.includes(`/${distribution}-archive-keyring.`));
  if (arch === undefined || codename === '' || keyring === undefined) return undefined;
  const line = (archive: string, suite: string, components: string): string =>
    `deb [arch=${arch} signed-by=${keyring}] http://127.0.0.1:${port}/${archive} ${suite} ${components}\n`;
  switch (distribution) {
    case 'debian':
      return [
        line('debian', codename, 'main'),
        line('debian', `${codename}-updates`, 'main'),
        line('debian-security', `${codename}-security`, 'main'),
      ].join('');
    case 'ubuntu': {
      const archive = arch === 'amd64' ? 'ubuntu' : 'ubuntu-ports';
      const suites = [codename, `${codename}-updates`, `${codename}-security`];
      return suites.map((suite) => line(archive, suite, 'main universe')).join('');
    }
    default:
      return undefined;
  }
}
