/** What the manager tells the agent of a MySQL node. */
import { z } from 'zod';
import { MysqlConfiguration } from './configuration.ts';

export const MysqlNodeConfiguration = z.object({
  /** Database that is made for the application. */
  database: z.string(),
  user: z.string(),
  password: z.string(),
  rootPassword: z.string(),
  /** Counted up by set_password; reported back in `detail`, so that the manager sees when it took. */
  passwordVersion: z.number().int(),
  settings: MysqlConfiguration,
  /** Whether it takes no changes but ours. */
  readOnly: z.boolean().optional(),
});
export type MysqlNodeConfiguration = z.infer<typeof MysqlNodeConfiguration>;

/** What the agent reports in `detail`. */
export const MysqlNodeDetail = z.object({
  database: z.string(),
  passwordVersion: z.number().int(),
  readOnly: z.boolean().optional(),
});
export type MysqlNodeDetail = z.infer<typeof MysqlNodeDetail>;
