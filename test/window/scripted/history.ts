/** Histories, costs and what is done to applications as a whole, of the scripted director. */
import { createHash } from 'node:crypto';
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import type { HistoryDocument, HistoryEntry } from '../../../remote/core/contract/history.ts';
import { BlobHash } from '../../../remote/core/contract/ids.ts';
import { compareVersions, describeChange } from '../../../remote/core/history/index.ts';
import { applicationOf } from './model.ts';
import type { Script, Scripted } from './script.ts';

const blob = (text: string): BlobHash => BlobHash.parse(createHash('sha256').update(text).digest('hex'));
const hour = 3_600_000;

function document(code: string, configuration: Record<string, unknown>, secrets: string[] = []): HistoryDocument {
  const web = {
    name: 'web',
    type: 'php',
    configuration,
    environment: { TITLE: 'Guestbook' },
    secrets,
    needs: ['db'],
    domains: [],
    code: {
      id: code,
      blob: blob(code),
      listing: blob(`${code} files`),
      name: `guestbook-${code}.zip`,
      description: '',
      size: 214_000,
      files: 14,
      createdAt: Date.now(),
      createdBy: 'ann',
    },
  };
  const db = { ...web, name: 'db', type: 'mysql', configuration: {}, environment: {}, secrets: [], needs: [] };
  const { code: _none, ...plain } = db;
  return { schema: 1, description: '', services: [web, plain] };
}

const documents = [
  document('v1', { memory_limit: '128M' }, ['SMTP_PASSWORD']),
  document('v2', { memory_limit: '128M' }, ['SMTP_PASSWORD']),
  document('v2', { memory_limit: '256M', display_errors: true }),
];
const titles = ['Apply the manifest', 'Make v2 of web live', 'Configure web'];

/** Three versions of any application. */
const entries: readonly (HistoryEntry & { document: HistoryDocument })[] = documents
  .map((own, index) => ({
    version: index + 1,
    at: Date.now() - (3 - index) * hour,
    by: index === 2 ? 'ben' : 'ann',
    kind: 'apply',
    title: titles[index] ?? '',
    changes: compareVersions(documents[index - 1] ?? { schema: 1, description: '', services: [] }, own).map(
      describeChange,
    ),
    document: own,
  }))
  .reverse();

const entry = (version: number | undefined) => entries.find((one) => one.version === (version ?? 3)) ?? entries[0];

export function historyMethods(script: Script): Scripted<DirectorMethods> {
  return {
    list_history: async (params) =>
      script.take(
        'list_history',
        params,
        entries.map(({ document: _document, ...said }) => said),
      ),
    diff_history: async (params) => {
      const [from, to] = [entry(params.from), entry(params.to)];
      const changes = from && to ? compareVersions(from.document, to.document) : [];
      return script.take('diff_history', params, {
        from: params.from,
        to: params.to ?? 3,
        changes: changes.map((change) =>
          change.subject === 'code'
            ? { ...change, files: { added: ['lib/Mail.php'], changed: ['index.php', 'style.css'], removed: [] } }
            : change,
        ),
        missingSecrets: to?.document.services.some(({ secrets }) => secrets.length > 0) ? ['SMTP_PASSWORD'] : [],
        kept: [],
      });
    },
    return_to_version: async (params) => {
      const { summary } = script.take('return_to_version', params, script.find(params.application));
      return script.done('return_to_version', `Return ${summary.name} to version ${params.version}`, {
        application: summary.id,
      });
    },
    get_costs: async (params) => {
      const all = [...script.applications.values()].map(({ summary }) => summary.costPerHour);
      const known = all.filter((cost) => cost !== undefined);
      return script.take('get_costs', params, {
        perHour: known.reduce((sum, cost) => sum + cost, 0),
        machines: all.length,
        unknown: all.length - known.length,
        pricedAt: Date.UTC(2026, 10, 3, 12),
        clouds: [],
      });
    },
    start_application: async (params) => {
      const info = script.take('start_application', params, script.find(params.application));
      script.put({ ...info, summary: { ...info.summary, state: 'running' } });
      return script.done('start', `Start ${info.summary.name}`, { application: info.summary.id });
    },
    cancel_operation: async (params) => script.take('cancel_operation', params, {}),
    retry_operation: async (params) => script.take('retry_operation', params, { operation: params.operation }),
    list_secrets: async (params) =>
      script.take('list_secrets', params, [{ name: 'SMTP_PASSWORD', updatedAt: Date.now(), usedBy: ['web'] }]),
    duplicate_application: async (params) => {
      const info = applicationOf({ name: params.name });
      script.take('duplicate_application', params, undefined);
      script.put(info);
      return {
        application: info.summary.id,
        ...script.done('apply', `Apply ${params.name}`, { application: info.summary.id }),
      };
    },
  };
}
