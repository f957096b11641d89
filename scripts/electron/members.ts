/** What of Electron the desktop uses: asked of the type checker, which knows what each name in the sources stands for. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Node } from 'typescript/unstable/ast';
import { isPropertyAccessExpression } from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';

export interface ElectronUse {
  /** What is imported from `electron` by value, e.g. `app`. */
  readonly imports: readonly string[];
  /** Names of used members, by the class or interface that declares them, e.g. `App`. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Names after a dot that no type declares, with their files. */
  readonly unknown: readonly string[];
}

/** @param root of the checkout */
export function electronUse(root: string): ElectronUse {
  const folder = path.join(root, 'main/electron');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name));
  files.push(path.join(root, 'main/preload.ts'));
  return { imports: [...new Set(files.flatMap(importedIn))].sort(), ...membersIn(root, files) };
}

function importedIn(file: string): string[] {
  const [, names] = /^import \{([^}]*)\} from 'electron';/m.exec(readFileSync(file, 'utf8')) ?? [];
  return (names ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));
}

function membersIn(root: string, files: readonly string[]): Pick<ElectronUse, 'members' | 'unknown'> {
  const types = path.join(root, 'node_modules/electron/electron.d.ts').toLowerCase();
  const compiler = new API({ cwd: root });
  try {
    const project = compiler.updateSnapshot({ openProjects: [path.join(root, 'tsconfig.json')] }).getProjects()[0];
    if (!project) throw new Error('tsconfig.json could not be read');
    const found = new Map<string, Set<string>>();
    const unknown: string[] = [];
    for (const file of files) {
      const source = project.program.getSourceFile(file);
      if (!source) throw new Error(`${file} is not in tsconfig.json`);
      const names = accessedIn(source);
      for (const [index, symbol] of project.checker.getSymbolAtLocation(names).entries()) {
        if (!symbol) unknown.push(`${path.relative(root, file)}: ${names[index]?.text}`);
        if (!symbol?.declarations.some((declaration) => declaration.path.toLowerCase() === types)) continue;
        const owner = symbol.getParent()?.name ?? '';
        found.set(owner, (found.get(owner) ?? new Set()).add(symbol.name));
      }
    }
    return { members: new Map([...found].map(([owner, names]) => [owner, [...names].sort()])), unknown };
  } finally {
    compiler.close();
  }
}

/** The names after dots. */
function accessedIn(source: Node): (Node & { readonly text: string })[] {
  const names: (Node & { readonly text: string })[] = [];
  const walk = (node: Node): void => {
    if (isPropertyAccessExpression(node)) names.push(node.name);
    node.forEachChild(walk);
  };
  walk(source);
  return names;
}
