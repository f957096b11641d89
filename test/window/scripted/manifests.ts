/** Exported manifests of the scripted director. */
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import type { Script, Scripted } from './script.ts';

/** What an application's manifest is where the test has said nothing else. */
export function manifestOf(name: string): Record<string, unknown> {
  return {
    Version: 1,
    Application: name,
    Services: [
      { Type: 'php', ServiceName: 'web', Start: 1, StartupInstances: { backend: 2 }, Needs: ['db'] },
      { Type: 'mysql', ServiceName: 'db', Start: 1, Needs: [] },
    ],
  };
}

export function manifestMethods(script: Script): Scripted<DirectorMethods> {
  return {
    export_manifest: async (params) => {
      const { summary } = script.take('export_manifest', params, script.find(params.application));
      return script.manifests.get(summary.id) ?? manifestOf(summary.name);
    },
  };
}
