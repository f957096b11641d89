/** Applications and operations of the scripted director. */
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { BlobHash } from '../../../remote/core/contract/ids.ts';
import { applicationOf } from './model.ts';
import type { Script, Scripted } from './script.ts';

export function applicationMethods(script: Script): Scripted<DirectorMethods> {
  return {
    list_applications: async (params) =>
      script.take(
        'list_applications',
        params,
        [...script.applications.values()].map(({ summary }) => summary),
      ),
    list_operations: async (params) =>
      script.take('list_operations', params, [...script.operations.values()].reverse()),
    get_application: async (params) => script.take('get_application', params, script.find(params.application)),
    find_nodes: async (params) => {
      const words = params.text.toLowerCase().split(' ').filter(Boolean);
      const all = [...script.applications.values()].flatMap(({ summary, services }) =>
        services.flatMap((service) =>
          service.nodes.map(({ id, role }) => ({
            application: summary.id,
            name: summary.name,
            node: id,
            service: service.name,
            role,
          })),
        ),
      );
      const fits = all.filter(({ name, node, service }) =>
        words.every((word) => `${node} ${service} ${name}`.toLowerCase().includes(word)),
      );
      return script.take('find_nodes', params, fits.slice(0, params.limit));
    },
    get_operation: async ({ operation }) => {
      const found = script.operations.get(operation);
      if (!found) throw new ConpaasError('not_found', 'There is no such operation.');
      return found;
    },
    plan_manifest: async (params) => {
      const { Application } = params.manifest as { Application: string };
      const application = params.name ?? Application;
      const exists = [...script.applications.values()].some(({ summary }) => summary.name === application);
      return script.take('plan_manifest', params, {
        application,
        exists,
        changes: [
          {
            action: exists ? 'keep' : 'create',
            text: `${exists ? 'Keep' : 'Create'} application ${application}`,
            fields: [],
          },
          { action: 'create', service: 'web', text: 'Create service web (php): proxy 1, web 1, backend 1', fields: [] },
        ],
        warnings: [],
        cost: {
          perHour: params.cloud === 'attic' ? 0.012 : 0.041,
          added: 2,
          freed: 0,
          unknown: 0,
          pricedAt: Date.UTC(2026, 10, 3, 12),
        },
      });
    },
    apply_manifest: async (params) => {
      const { Application } = params.manifest as { Application: string };
      const info = applicationOf({ name: params.name ?? Application });
      script.take('apply_manifest', params, undefined);
      script.put(info);
      return {
        application: info.summary.id,
        ...script.done('apply', `Apply ${info.summary.name}`, { application: info.summary.id }),
      };
    },
    rename_application: async (params) => {
      const info = script.take('rename_application', params, script.find(params.application));
      script.put({ ...info, summary: { ...info.summary, name: params.name } });
      return {};
    },
    stop_application: async (params) => {
      const info = script.take('stop_application', params, script.find(params.application));
      script.put({ ...info, summary: { ...info.summary, state: 'stopped' } });
      return script.done('stop', `Stop ${info.summary.name}`, { application: info.summary.id });
    },
    start_application: async (params) => {
      const info = script.take('start_application', params, script.find(params.application));
      script.put({ ...info, summary: { ...info.summary, state: 'running' } });
      return script.done('start', `Start ${info.summary.name}`, { application: info.summary.id });
    },
    delete_application: async (params) => {
      const { summary } = script.take('delete_application', params, script.find(params.application));
      if (params.confirm !== summary.name) throw new ConpaasError('invalid_request', 'The name does not match.');
      script.applications.delete(summary.id);
      script.events.publish({ type: 'application_deleted', id: summary.id });
      return script.done('delete', `Delete ${summary.name}`, {});
    },
    upload_blob: async (params, body) =>
      script.take('upload_blob', params, { blob: BlobHash.parse(body.sha256), size: body.size }),
  };
}
