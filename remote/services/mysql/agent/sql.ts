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

/** Account of the application: from anywhere on the private network. */
function account(configuration: MysqlNodeConfiguration): string {
  return `${quoteString(configuration.user)}@'%'`;
}

/** All rights in databases of this name or pattern, none on the server, its files and other accounts. */
function grant(pattern: string, configuration: MysqlNodeConfiguration): string {
  return `GRANT ALL PRIVILEGES ON ${quoteName(pattern)}.* TO ${account(configuration)}`;
}

/** `_` and `%` in the name of a database would be wildcards in a GRANT. */
function literal(database: string): string {
  return database.replaceAll(/[\\_%]/g, (character) => `\\${character}`);
}

/**
 * Passwords, user and database as wanted, one statement a line (init-file wants that). Run by the server before it
 * takes connections, and by a client when something changes while it runs; any number of times.
 */
export function setupStatements(configuration: MysqlNodeConfiguration): string {
  const { database, password, rootPassword, settings, readOnly = false } = configuration;
  const statements = [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${quoteString(rootPassword)}`,
    `CREATE DATABASE IF NOT EXISTS ${quoteName(database)} CHARACTER SET ${settings.character_set} COLLATE ${settings.collation}`,
    `CREATE USER IF NOT EXISTS ${account(configuration)} IDENTIFIED BY ${quoteString(password)}`,
    `ALTER USER ${account(configuration)} IDENTIFIED BY ${quoteString(password)}`,
    grant(literal(database), configuration),
    // Further databases are the application's to make: `shop_test`.
    grant(`${literal(`${database}_`)}%`, configuration),
    // Waits for what is being written, and refuses later commits; root alone may write on.
    `SET GLOBAL read_only = ${readOnly ? 'ON' : 'OFF'}`,
  ];
  return statements.map((statement) => `${statement};\n`).join('');
}

/** Lets the user use databases that a dump has brought. */
export function grantStatements(configuration: MysqlNodeConfiguration, databases: readonly string[]): string {
  return databases.map((name) => `${grant(literal(name), configuration)};\n`).join('');
}

/** Option file of the clients: passwords never stand on a command line, which every process of a machine can read. */
export function clientConfiguration(rootPassword: string): string {
  const password = rootPassword.replaceAll(/[\\"]/g, (character) => `\\${character}`);
  return `[client]\nuser=root\npassword="${password}"\nsocket=${socketFromRun}\nprotocol=socket\n`;
}
