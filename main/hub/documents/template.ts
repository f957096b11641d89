/** What new manifests begin with. Pure. */

/** The least that can be applied. */
export const newManifest = manifestText('My application', {});

/** One service that runs an archive or folder; the type with code that needs nothing else. */
export function manifestFor(application: string, archive: string): string {
  return manifestText(application, { Archive: archive });
}

function manifestText(application: string, more: object): string {
  const manifest = {
    Version: 1,
    Application: application,
    Services: [{ Type: 'php', ServiceName: 'web', ...more }],
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** A name for the application in an archive or folder: `shop-main.tar.gz` is shop. */
export function applicationName(file: string): string {
  const bare = file
    .replace(/\.(?:zip|tgz|tar|tar\.(?:gz|bz2|xz|zst)|tbz2|txz)$/i, '')
    .replace(/[-_.](?:main|master|trunk)$/i, '');
  const clean = bare
    .replaceAll(/[\p{Cc}/]+/gu, ' ')
    .trim()
    .slice(0, 100);
  return clean === '' ? 'My application' : clean;
}
