/** vault …: how the keys of this desktop are protected. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { Run } from '../program.ts';

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
    .argument('<with>', 'passphrase (read from standard input) or keyfile')
    .description('Protect the vault in another way')
    .action(
      run(async (session, _options, kind: string) => {
        if (kind !== 'passphrase' && kind !== 'keyfile') {
          throw new ConpaasError('invalid_request', `"${kind}" is not known: write passphrase or keyfile.`);
        }
        const open = await session.vault();
        if (kind === 'keyfile') await open.protect({ kind });
        else await open.protect({ kind, passphrase: (await session.input()).replace(/\r?\n$/, '') });
        session.terminal.result({ protection: kind }, () => `The vault is now protected by ${words[kind]}.`);
      }),
    );
}
