/** An OpenAPI document of ours as one page that needs nothing else: no script, no style sheet, no network. */
import type { OpenApiDocument, OpenApiOperation } from './openapi.ts';

/** The page, as HTML. */
export function openApiPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({ path, verb, operation })),
  );
  const groups = document.tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.at(-1) === name);
    const articles = own.map(({ path, verb, operation }) => article(document, path, verb, operation)).join('');
    return { name, html: `<h2 id="${html(name)}">${html(name)}</h2><p>${html(description)}</p>${articles}` };
  });
  const links = groups.map(({ name }) => `<a href="#${html(name)}">${html(name)}</a>`).join(' ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(document.info.title)} API</title>
<style>${style}</style>
</head>
<body>
<header><h1>${html(document.info.title)} API</h1><p>Contract version ${html(document.info.version)}</p>
<nav aria-label="Sections">${links}</nav></header>
<main><p>${marked(document.info.description)}</p>${groups.map(({ html }) => `<section>${html}</section>`).join('')}</main>
</body>
</html>
`;
}

function article(document: OpenApiDocument, path: string, verb: string, operation: OpenApiOperation): string {
  const name = operation.operationId.split('.').at(-1) ?? operation.operationId;
  const schemas = document.components.schemas;
  const id = html(operation.operationId);
  return `<details id="${id}"><summary><code>${html(name)}</code> <span class="kind">${operation['x-kind']}</span>
<span class="doc">${html(operation.summary)}</span></summary>
<p><code>${verb.toUpperCase()} ${html(path)}</code> · for ${html(operation['x-callers'].join(', '))} · since ${operation['x-since']}</p>
${schema('Parameters', schemas[`${operation.operationId}.params`])}
${schema(operation['x-kind'] === 'stream' ? 'Item' : 'Result', schemas[`${operation.operationId}.result`])}
</details>`;
}

function schema(title: string, value: unknown): string {
  if (value === undefined) return '';
  return `<h3>${title}</h3><pre>${html(JSON.stringify(value, undefined, 2))}</pre>`;
}

function html(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

function marked(text: string): string {
  return html(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dde3, #3a4048); --soft: light-dark(#f4f6f8, #1d2126);
  --accent: light-dark(#0b57d0, #8ab4f8); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 0; } h3 { margin: .75rem 0 .25rem; font-size: .9rem; }
nav a { margin-right: 1rem; color: var(--accent); }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } summary code { font-weight: 600; }
.kind { font-size: .75rem; padding: 0 .4rem; border: 1px solid var(--line); border-radius: 1rem; margin: 0 .4rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { background: var(--soft); padding: .6rem; border-radius: 6px; overflow: auto; margin: 0; }
`;
