/** The PHP service as data: roles, engines, configuration keys, methods of its own. */
import { z } from 'zod';
import { done, method } from '../../core/contract/method.ts';
import type { ServiceSpec } from '../../core/service/spec.ts';
import { PhpConfiguration } from './configuration.ts';
import { phpCommand, phpFpm } from './engines.ts';
import { phpFigures } from './figures.ts';

const service = z.string().min(1);

export const spec: ServiceSpec = {
  type: 'php',
  title: 'PHP',
  doc: 'Web application in PHP on nginx and PHP-FPM, balanced by HAProxy, with sessions in Redis.',
  roles: {
    proxy: {
      title: 'Proxy',
      doc: 'Receives all requests and passes them to web and backend nodes (HAProxy).',
      count: 1,
      min: 1,
      max: 8,
      packages: ['haproxy'],
      executables: ['/usr/sbin/haproxy'],
      logs: ['haproxy', 'startup'],
    },
    web: {
      title: 'Web',
      doc: 'Serves the static files of the live code version (nginx).',
      count: 1,
      min: 1,
      max: 32,
      packages: ['nginx-light'],
      executables: ['/usr/sbin/nginx'],
      logs: ['access', 'nginx', 'startup'],
    },
    backend: {
      title: 'Backend',
      doc: 'Runs the pages (nginx and PHP-FPM).',
      count: 1,
      min: 1,
      max: 64,
      packages: [
        'nginx-light',
        'php8.2-fpm | php-fpm',
        'php8.2-mysql | php-mysql',
        'php-redis',
        'php8.2-curl | php-curl',
        'php8.2-gd | php-gd',
        'php8.2-mbstring | php-mbstring',
        'php8.2-xml | php-xml',
      ],
      executables: ['/usr/sbin/nginx', phpFpm, phpCommand],
      logs: ['access', 'nginx', 'php', 'startup'],
    },
    session: {
      title: 'Session store',
      doc: 'Keeps the PHP sessions of all backends (Redis).',
      count: 1,
      min: 1,
      max: 1,
      packages: ['redis-server'],
      executables: ['/usr/bin/redis-server'],
      logs: ['redis', 'startup'],
    },
  },
  defaultRole: 'backend',
  code: true,
  dump: false,
  domains: true,
  scripts: true,
  configuration: PhpConfiguration,
  figures: phpFigures,
  managerMethods: {
    get_configuration: method({
      kind: 'query',
      params: z.strictObject({ service }),
      result: z.object({
        /** Every key with the value in force. */
        phpconf: PhpConfiguration,
        debug: z.boolean(),
        codeVersionId: z.string().optional(),
      }),
      callers: ['user'],
      since: 1,
      doc: 'PHP configuration in force, debug mode and the live code version.',
    }),
    update_php_configuration: method({
      kind: 'command',
      params: z.strictObject({ service, phpconf: z.record(z.string(), z.unknown()) }),
      result: done,
      callers: ['user'],
      since: 1,
      doc: 'Changes PHP configuration keys (null: back to the default); backends take it over without losing a request.',
    }),
    set_debug: method({
      kind: 'command',
      params: z.strictObject({ service, debug: z.boolean() }),
      result: done,
      callers: ['user'],
      since: 1,
      doc: 'Debug mode: errors are shown in the page and answers name the node that made them.',
    }),
  },
  agentMethods: {},
};
