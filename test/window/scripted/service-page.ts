/** What the page of a service asks for beside the basics. */
import { Readable } from 'node:stream';
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import type { ManagerMethods } from '../../../remote/core/contract/manager.ts';
import type { UploadedFile } from '../../../remote/core/contract/method.ts';
import type { Operation } from '../../../remote/core/contract/operation.ts';
import type { Script, Scripted } from './script.ts';

const application = 'app-guestbook';
const digest = 'ab'.repeat(32);

export function servicePageMethods(script: Script): Scripted<ManagerMethods> {
  const done = (kind: string, title: string, target: Operation['target'], params: unknown) => {
    script.take(kind, params, undefined);
    return script.done(kind, title, { application, ...target });
  };
  const info = (service: string) => {
    const found = script.find(application).services.find(({ name }) => name === service);
    if (!found) throw new Error(`the script has no service ${service}`);
    return found;
  };
  let startupScript = '#!/bin/sh\nmkdir -p "$HOME/cache"\n';
  return {
    get_metrics: async (params) =>
      script.take(
        'get_metrics',
        params,
        script
          .find(application)
          .services.flatMap(({ nodes }) =>
            nodes.map(({ id }, index) => ({ node: id, cpu: 0.03 * (index + 1), memory: 61_000_000, disk: 9_000_000 })),
          ),
      ),
    startup: async (params) => done('startup', `Start ${params.service}`, { service: params.service }, params),
    stop: async (params) => done('stop', `Stop ${params.service}`, { service: params.service }, params),
    restart_node: async (params) => done('restart_node', `Restart ${params.node}`, { node: params.node }, params),
    replace_node: async (params) => done('replace_node', `Replace ${params.node}`, { node: params.node }, params),
    set_configuration: async (params) =>
      done('set_configuration', `Configure ${params.service}`, { service: params.service }, params),
    set_health_check: async (params) =>
      done('set_health_check', `Configure ${params.service}`, { service: params.service }, params),
    set_service_secrets: async (params) =>
      done('set_service_secrets', `Configure ${params.service}`, { service: params.service }, params),
    read_startup_script: async (params) =>
      script.take('read_startup_script', params, startupScript === '' ? {} : { script: startupScript, blob: digest }),
    write_startup_script: async (params) => {
      startupScript = params.script;
      return done('write_startup_script', `Configure ${params.service}`, { service: params.service }, params);
    },
    set_startup_script: async (params) => {
      startupScript = '';
      return done('set_startup_script', `Configure ${params.service}`, { service: params.service }, params);
    },
    async *dry_run_script(params) {
      script.take('dry_run_script', params, undefined);
      yield { kind: 'started', node: 'web-backend-1', network: params.network };
      yield { kind: 'output', text: 'made the cache\n' };
      yield { kind: 'output', text: `${'x'.repeat(80)}\n`.repeat(40) };
      yield { kind: 'ended', ended: 'itself', code: 0, took: 412, changed: ['cache/'] };
    },
    compare_files: async (params) =>
      script.take('compare_files', params, {
        version: info(params.service).code?.active,
        added: ['lib/new.php'],
        changed: ['index.php', 'style.css', 'lib/page.php'],
        removed: [],
      }),
    diff_code_versions: async (params) =>
      script.take('diff_code_versions', params, { added: ['a.php'], changed: ['index.php'], removed: ['old.php'] }),
    activate_code_version: async (params) =>
      done('activate_code_version', `Make ${params.version} live`, { service: params.service }, params),
    delete_code_version: async (params) => script.take('delete_code_version', params, {}),
    download_code_version: async (params) => {
      script.take('download_code_version', params, undefined);
      const content = Buffer.from('an archive');
      return { stream: Readable.from([content]), size: content.length, name: 'guestbook.zip' };
    },
  };
}

/** Methods that the service types add. */
export function typeMethods(script: Script): Readonly<Record<string, unknown>> {
  let reading = 0;
  return {
    get_connection: async (params: { reveal?: boolean }) =>
      script.take('get_connection', params, {
        command: 'mariadb --host 127.41.0.8 --port 3306 --user mysqldb -p db',
        host: '127.41.0.8',
        port: 3306,
        user: 'mysqldb',
        database: 'db',
        ...(params.reveal ? { password: 'correct horse battery staple' } : {}),
      }),
    get_statistics: async (params: unknown) => {
      reading += 1;
      return script.take('get_statistics', params, {
        at: 1_700_000_000_000 + reading * 1000,
        uptime: 7200 + reading,
        questions: 900 * reading,
        slow: 2,
        queries: { select: 120 * reading, insert: 8 * reading, update: 4 * reading, delete: reading },
        connections: { connected: 6, running: 1, most: 14, limit: 151 },
        databases: [{ name: 'db', bytes: 4_200_000, tables: 2 }],
        tables: [
          { database: 'db', name: 'entries', rows: 12_345, bytes: 4_100_000 },
          { database: 'db', name: 'visitors', rows: 20, bytes: 100_000 },
        ],
      });
    },
    set_password: async (params: unknown) => {
      script.take('set_password', params, undefined);
      return script.done('set_password', 'Change the password of db', { application, service: 'db' });
    },
    load_dump: async (params: object, body: UploadedFile) => {
      script.take('load_dump', { ...params, size: body.size, name: body.name }, undefined);
      return script.done('load_dump', `Load ${body.name} into db`, { application, service: 'db' });
    },
    dump: async (params: unknown) => {
      script.take('dump', params, undefined);
      return { stream: Readable.from([Buffer.from('CREATE TABLE t (a INT);\n')]), name: 'db.sql' };
    },
    get_configuration: async (params: unknown) =>
      script.take('get_configuration', params, {
        phpconf: { memory_limit: '128M' },
        debug: false,
        codeVersionId: 'v2',
      }),
    set_debug: async (params: unknown) => script.take('set_debug', params, {}),
  };
}

/** The director's part of the page. */
export function serviceSecrets(script: Script): Scripted<DirectorMethods> {
  return {
    set_secret: async (params) => script.take('set_secret', params, {}),
    delete_secret: async (params) => script.take('delete_secret', params, {}),
    list_vms: async (params) =>
      script.take(
        'list_vms',
        params,
        script.vms.map((vm) => ({ ...vm })),
      ),
  };
}
