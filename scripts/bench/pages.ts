/** The application of the benches: the pages of `pages/`, and its manifest. */
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A copy of the pages in `directory`, readable for all, with a file that says `version`. @returns its path */
export async function pagesCode(directory: string, version: string): Promise<string> {
  const folder = path.join(directory, `pages-${version}`);
  await cp(path.join(import.meta.dirname, 'pages'), folder, { recursive: true });
  await writeFile(path.join(folder, 'version.php'), `<?php\necho '${version}';\n`);
  return folder;
}

/** A manifest of these pages with some backends. @returns its path */
export async function pagesManifest(directory: string, backends: number): Promise<string> {
  const code = await pagesCode(directory, 'one');
  const service = {
    Type: 'php',
    ServiceName: 'web',
    Start: 1,
    Archive: path.basename(code),
    StartupInstances: { proxy: 1, web: 1, backend: backends },
  };
  const file = path.join(directory, `pages-${backends}.json`);
  await writeFile(file, JSON.stringify({ Version: 1, Application: 'Pages', Services: [service] }));
  return file;
}
