/** Statements and option files, with names and values quoted for MariaDB. */
import type { MysqlNodeConfiguration } from '../node-configuration.ts';
import { socketFromRun } from './layout.ts';

/** A string literal. NUL cannot stand in one, and no name or password of ours holds one. */
export function quoteString(text: string): string {
  return `'${text
    .replaceAll(/[\\']/g, (character) => `\\${character}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')}'`;
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** Everything about data in any database, nothing about the server, its files and other accounts. */
const userRights = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'DROP',
  'REFERENCES',
  'INDEX',
  'ALTER',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
  'EXECUTE',
  'CREATE VIEW',
  'SHOW VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'EVENT',
  'TRIGGER',
  'DELETE HISTORY',
  'SHOW DATABASES',
  'PROCESS',
].join(', ');

/**
 * Passwords, user and database as wanted, one statement a line (init-file wants that). Run by the server before it
 * takes connections, and by a client when something changes while it runs; any number of times.
 */
export function setupStatements(configuration: MysqlNodeConfiguration): string {
  const { database, user, password, rootPassword, settings } = configuration;
  const account = `${quoteString(user)}@'%'`;
  const statements = [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${quoteString(rootPassword)}`,
    `CREATE DATABASE IF NOT EXISTS ${quoteName(database)} CHARACTER SET ${settings.character_set} COLLATE ${settings.collation}`,
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${quoteString(password)}`,
    `ALTER USER ${account} IDENTIFIED BY ${quoteString(password)}`,
    `GRANT ${userRights} ON *.* TO ${account}`,
  ];
  return statements.map((statement) => `${statement};\n`).join('');
}

/** Option file of the clients: passwords never stand on a command line, which every process of a machine can read. */
export function clientConfiguration(rootPassword: string): string {
  const password = rootPassword.replaceAll(/[\\"]/g, (character) => `\\${character}`);
  return `[client]\nuser=root\npassword="${password}"\nsocket=${socketFromRun}\nprotocol=socket\n`;
}
