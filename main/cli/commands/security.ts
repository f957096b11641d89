/** security …: certificates, the root, devices and users. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { UserName } from '../../../remote/core/contract/ids.ts';
import type { CertificateInfo } from '../../../remote/core/contract/security.ts';
import { writeFileAtomic } from '../../../remote/core/files/index.ts';
import { acceptHandOver, createHandOver } from '../../transfer/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatTime, table } from '../terminal.ts';

/** The passphrase of a file: from standard input, so that it stands in no list of processes. */
async function passphraseOf(session: Session): Promise<string> {
  const passphrase = (await session.input()).replace(/\r?\n$/, '');
  if (passphrase !== '') return passphrase;
  throw new ConpaasError('invalid_request', 'Give the passphrase of the file on standard input.');
}

export function securityCommands(program: Command, run: Run): void {
  const security = program.command('security').description('Certificates, the root, devices and users');
  security
    .command('list')
    .description('Certificates that the deployment knows, authorities first')
    .action(
      run(async (session) => {
        const all = await (await session.director()).call('list_certificates', {}, { signal: session.signal });
        session.terminal.result(all, () => table(['serial', 'kind', 'of', 'state', 'ends'], all.map(rowOf)));
      }),
    );
  security
    .command('renew')
    .argument('[serial]', 'only this one')
    .description('Have processes renew their certificates now')
    .action(
      run(async (session, _options, serial?: string) => {
        const director = await session.director();
        const result = await director.call('renew_certificates', serial ? { serial } : {}, { signal: session.signal });
        session.terminal.result(result, () =>
          [`${result.renewed} renewed.`, ...result.failed.map((one) => `${one.identity}: ${one.message}`)].join('\n'),
        );
      }),
    );
  security
    .command('renew-intermediate')
    .description("Sign the director's intermediate anew")
    .action(
      run(async (session) => {
        await (await session.deployments()).renewIntermediate(session.deployment, session.signal);
        session.terminal.result({}, () => 'The intermediate was signed anew, and the director issues with it.');
      }),
    );
  security
    .command('revoke')
    .argument('<serial>')
    .option('--yes', 'do not ask')
    .description('Revoke a certificate, and others of the same key')
    .action(
      run(async (session, options: { yes?: boolean }, serial: string) => {
        await session.confirm('Whoever has this certificate is shut out at once.', serial, options.yes === true);
        await (await session.director()).call('revoke_certificate', { serial }, { signal: session.signal });
        session.terminal.result({ serial }, () => 'Revoked.');
      }),
    );
  security
    .command('rotate-root')
    .option('--yes', 'do not ask')
    .description('Replace the root while everything runs; goes on where it was cut short')
    .action(
      run(async (session, options: { yes?: boolean }) => {
        await session.confirm(
          'A new root is made, everybody gets new certificates, and the old root is trusted no more.',
          'rotate',
          options.yes === true,
        );
        await (await session.deployments()).rotateRoot({
          deployment: session.deployment,
          onOperation: (operation) => session.terminal.progress(operation),
          signal: session.signal,
        });
        session.terminal.endProgress();
        session.terminal.result({}, () => 'The root was rotated.');
      }),
    );
  handOver(security, run);
}

function handOver(security: Command, run: Run): void {
  const create = async (session: Session, file: string, device: string, user?: string): Promise<void> => {
    const passphrase = await passphraseOf(session);
    const named = user === undefined ? {} : { user: UserName.parse(user) };
    const request = { deployment: session.deployment, device, passphrase, ...named };
    await writeFileAtomic(file, await createHandOver(await session.deployments(), request, session.signal));
    session.terminal.result({ file }, () => `${file} lets ${device} in. Its passphrase goes by another way.`);
  };
  security
    .command('add-device')
    .argument('<device>', 'what you call it')
    .argument('<file>', 'hand-over file to write; its passphrase is read from standard input')
    .description('Let another computer of yours in')
    .action(run((session, _options, device: string, file: string) => create(session, file, device)));
  security
    .command('add-user')
    .argument('<user>')
    .argument('<device>', 'what you call their first device')
    .argument('<file>', 'hand-over file to write; its passphrase is read from standard input')
    .description('Add a user (owner only)')
    .action(
      run((session, _options, user: string, device: string, file: string) => create(session, file, device, user)),
    );
  security
    .command('remove-user')
    .argument('<user>')
    .option('--yes', 'do not ask')
    .description('Remove a user and revoke all their certificates (owner only)')
    .action(
      run(async (session, options: { yes?: boolean }, user: string) => {
        await session.confirm(`All devices of ${user} are shut out at once.`, user, options.yes === true);
        await (await session.director()).call(
          'remove_user',
          { name: UserName.parse(user) },
          { signal: session.signal },
        );
        session.terminal.result({ user }, () => `${user} is no user any more.`);
      }),
    );
  security
    .command('accept')
    .argument('<file>', 'hand-over file; its passphrase is read from standard input')
    .description('Be let in to the deployment of another computer')
    .action(
      run(async (session, _options, file: string) => {
        const text = await readFile(file, 'utf8');
        const { id, name } = await acceptHandOver(await session.deployments(), text, await passphraseOf(session));
        session.terminal.result({ id, name }, () => `This is now a device at ${name}. Next: conpaas status`);
      }),
    );
}

function rowOf({ serial, kind, applicationName, vm, user, device, identity, state, notAfter }: CertificateInfo) {
  const of = [applicationName, vm, user, device].filter((part) => part !== undefined).join(', ');
  return [serial, kind, of || identity, state, formatTime(notAfter)];
}
