/** Two small service types for the tests of this folder: one with code and roles, one with data. */
import { z } from 'zod';
import type { RoleSpec, ServiceSpec } from '../service/spec.ts';

const role = (title: string, count: number, max: number): RoleSpec => ({
  title,
  doc: `${title} of the test.`,
  count,
  min: 1,
  max,
  packages: [],
  executables: [],
  logs: [],
});

const web: ServiceSpec = {
  type: 'php',
  title: 'PHP',
  doc: 'A web application.',
  roles: { proxy: role('Proxy', 1, 4), backend: role('Backend', 1, 8) },
  defaultRole: 'backend',
  code: true,
  domains: true,
  dump: false,
  configuration: z.object({
    memory_limit: z
      .string()
      .regex(/^\d+M$/, 'A size such as 128M is expected')
      .default('128M')
      .meta({ description: 'Memory.' }),
    max_execution_time: z.number().int().min(1).max(300).default(30).meta({ description: 'Seconds.' }),
  }),
  managerMethods: {},
  agentMethods: {},
};

const database: ServiceSpec = {
  ...web,
  type: 'mysql',
  title: 'MySQL',
  roles: { mysql: role('Server', 1, 1) },
  defaultRole: 'mysql',
  code: false,
  domains: false,
  dump: true,
  configuration: z.object({}),
};

export const testSpecs: Readonly<Record<string, ServiceSpec>> = { php: web, mysql: database };
