/** The page that answers while a service has no code yet. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../../core/files/index.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import type { Layout } from './layout.ts';

/** Name of the tree in `layout.code`. */
export const welcomeTree = 'code-default';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>It works</title>
<style>
body { font: 1rem/1.6 system-ui, sans-serif; margin: 15vh auto; max-width: 32rem; padding: 0 1rem; color: #222 }
h1 { font-weight: 500 }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #ddd } }
</style>
</head>
<body>
<h1>It works.</h1>
<p>This PHP service is running and waits for its code: upload an archive in ConPaaS Desktop, or with
<code>conpaas code upload</code>.</p>
</body>
</html>
`;

/** Makes the welcome page's tree. Idempotent. */
export async function makeWelcome(context: NodeContext, layout: Layout): Promise<void> {
  const tree = join(layout.code, welcomeTree);
  const index = join(tree, 'index.php');
  if (await stat(index).catch(() => undefined)) return;
  await mkdir(tree, { recursive: true, mode: 0o755 });
  await writeFileAtomic(index, page, 0o644);
  await context.own(tree);
}
