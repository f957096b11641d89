/** vault …: how the keys of this desktop are protected. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { writeFileAtomic } from '../../../remote/core/files/index.ts';
import { exportEverything, importEverything, inspectExport } from '../../transfer/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';

const words = {
  keychain: 'the keychain of this computer, which commands reach through the desktop application',
  keyfile: 'a key file that only you may read: enough for a deployment on this computer alone',
  passphrase: 'a passphrase, which commands take from CONPAAS_PASSPHRASE',
} as const;

export function vaultCommands(program: Command, run: Run): void {
  const vault = program.command('vault').description('The vault that holds root keys and credentials');
  vault
    .command('status')
    .description('How the vault is protected')
    .action(
      run(async (session) => {
        const { protection } = await session.vault();
        session.terminal.result({ protection }, () => `The vault is protected by ${words[protection]}.`);
      }),
    );
  vault
    .command('protect')
    .argument('<with>', 'keychain, passphrase (read from standard input) or keyfile')
    .description('Protect the vault in another way')
    .action(
      run(async (session, _options, kind: string) => {
        if (kind !== 'passphrase' && kind !== 'keyfile' && kind !== 'keychain') {
          throw new ConpaasError('invalid_request', `"${kind}" is not known: write keychain, passphrase or keyfile.`);
        }
        const open = await session.vault();
        if (kind === 'keyfile') await open.protect({ kind });
        else if (kind === 'keychain') await open.protect({ kind, keychain: await session.findKeychain() });
        else await open.protect({ kind, passphrase: await firstLine(session) });
        session.terminal.result({ protection: kind }, () => `The vault is now protected by ${words[kind]}.`);
      }),
    );
  vault
    .command('export')
    .argument('<file>', 'file to write; its passphrase is read from standard input')
    .description('Everything of this desktop as one encrypted file')
    .action(
      run(async (session, _options, file: string) => {
        const from = { vault: await session.vault(), dataDirectory: await session.dataDirectory() };
        await writeFileAtomic(file, await exportEverything(from, await firstLine(session)));
        session.terminal.result({ file }, () => `${file} holds everything of this desktop.`);
      }),
    );
  vault
    .command('import')
    .argument('<file>', 'file of an export; its passphrase is read from standard input')
    .option('--replace', 'only what is in the file counts; else it is merged with what is here')
    .option('--yes', 'take it over; else it is only shown')
    .description('Show what is in an export, and take it over')
    .action(
      run(async (session, options: { replace?: boolean; yes?: boolean }, file: string) => {
        const to = { vault: await session.vault(), dataDirectory: await session.dataDirectory() };
        const [text, passphrase] = [await readFile(file, 'utf8'), await firstLine(session)];
        const mode = options.replace ? 'replace' : 'merge';
        const summary = options.yes
          ? await importEverything(to, text, passphrase, mode)
          : await inspectExport(to, text, passphrase);
        session.terminal.result({ ...summary, taken: options.yes === true }, () =>
          [
            `Deployments: ${summary.deployments.map(({ name, place }) => `${name} (${place})`).join(', ') || 'none'}`,
            `Credentials: ${summary.credentials.join(', ') || 'none'}`,
            options.yes ? 'It was taken over.' : 'Nothing was changed. Add --yes to take it over.',
          ].join('\n'),
        );
      }),
    );
}

/** A passphrase on standard input, so that it stands in no list of processes. */
async function firstLine(session: Session): Promise<string> {
  return (await session.input()).replace(/\r?\n$/, '');
}
