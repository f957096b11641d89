/** Names that follow from a service's: its database, its secrets, its variables. */
import { passwordSecret } from '../../core/manifest/passwords.ts';
import { recordedKeys } from '../../core/manifest/recorded.ts';
import type { DesiredService } from '../../core/service/state.ts';

/** The user of applications, as in the original. */
export const userName = 'mysqldb';

/** MariaDB's own databases: a service called "mysql" must not get one of them. */
export const systemDatabases = ['mysql', 'sys', 'information_schema', 'performance_schema'] as const;

/** The database of a service: `my-shop` gives `my_shop`, `mysql` gives `mysql_db`. */
export function databaseName(serviceName: string): string {
  const name = serviceName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 60);
  return (systemDatabases as readonly string[]).includes(name) ? `${name}_db` : name;
}

/** Secret with the password of MariaDB's root, known to manager and agent only. */
export function rootSecret(service: DesiredService): string {
  return `${service.name}-root`;
}

/** Secret with the password of the user: the one the manifest refers to, else `MY_SHOP_PASSWORD`. */
export function userSecret(service: DesiredService): string {
  const recorded = service.data[recordedKeys.password];
  if (typeof recorded === 'object' && recorded !== null && 'Secret' in recorded && typeof recorded.Secret === 'string')
    return recorded.Secret;
  return passwordSecret(service.name);
}
