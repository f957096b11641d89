/** domain …: names of services, their certificates, and the authority for those of this deployment. */
import { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import type { DomainInfo } from '../../../remote/core/contract/domains.ts';
import { writeFileAtomic } from '../../../remote/core/files/index.ts';
import { trustSteps } from '../../authority/index.ts';
import type { Run } from '../program.ts';
import { formatTime, table } from '../terminal.ts';

export function domainCommands(program: Command, run: Run): void {
  const domain = program.command('domain').description('Domains of services, and their certificates');
  domain
    .command('list')
    .argument('<app>')
    .argument('[service]')
    .description('Domains with the state of their certificates')
    .action(
      run(async (session, _options, application: string, service?: string) => {
        const manager = await session.manager(application);
        const params = service === undefined ? {} : { service };
        const all = await manager.call('list_domains', params, { signal: session.signal });
        session.terminal.result(all, () =>
          [
            table(['domain', 'service', 'state', 'issuer', 'ends', 'next'], all.map(rowOf)),
            ...all.flatMap(troubles),
          ].join('\n'),
        );
      }),
    );
  domain
    .command('add')
    .argument('<app>')
    .argument('<service>')
    .argument('<name>', 'e.g. shop.example.org')
    .description('Have a service answer for a name; it gets a certificate')
    .action(
      run(async (session, _options, application: string, service: string, name: string) => {
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('add_domain', { service, name }, begun),
        );
        session.terminal.result(
          { operation },
          () => `${name} is a domain of ${service}. See its certificate: conpaas domain list ${application}`,
        );
      }),
    );
  domain
    .command('remove')
    .argument('<app>')
    .argument('<service>')
    .argument('<name>')
    .description('Have a service answer for a name no more; its certificate is deleted')
    .action(
      run(async (session, _options, application: string, service: string, name: string) => {
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('remove_domain', { service, name }, begun),
        );
        session.terminal.result({ operation }, () => `${name} is no domain of ${service} any more.`);
      }),
    );
  domain
    .command('renew')
    .argument('<app>')
    .argument('<service>')
    .argument('<name>')
    .description('Ask for a new certificate now, also after a failure')
    .action(
      run(async (session, _options, application: string, service: string, name: string) => {
        const manager = await session.manager(application);
        await manager.call('renew_domain', { service, name }, { signal: session.signal });
        session.terminal.result(
          {},
          () => `A certificate for ${name} is asked for. See: conpaas domain list ${application}`,
        );
      }),
    );
  domain
    .command('authority')
    .argument('[file]', 'file to write its certificate to (PEM)')
    .description("The deployment's own authority for private names, and how to trust it")
    .action(
      run(async (session, _options, file?: string) => {
        const director = await session.director();
        const found = await director.call('get_web_authority', {}, { signal: session.signal });
        if (file !== undefined) await writeFileAtomic(file, found.certificate, 0o644);
        session.terminal.result({ ...found, ...(file === undefined ? {} : { file }) }, () =>
          file === undefined ? found.certificate.trim() : authorityText(found, file),
        );
      }),
    );
}

function authorityText(
  { certificate, suffixes, notAfter }: { certificate: string; suffixes: string[]; notAfter: number },
  file: string,
): string {
  const steps = trustSteps(file).flatMap(({ system, text, command, undo }) => [
    `${system}: ${text}`,
    ...(command === undefined ? [] : [`  ${command}`]),
    ...(undo === undefined ? [] : [`  To undo it: ${undo}`]),
    '',
  ]);
  return [
    `${file} has the certificate of the authority for websites, valid until ${formatTime(notAfter)}.`,
    `SHA-256 ${new X509Certificate(certificate).fingerprint256}`,
    `It can certify names below ${suffixes.join(', ')}, and no others: trusting it endangers no other site.`,
    '',
    ...steps,
  ]
    .join('\n')
    .trimEnd();
}

function rowOf({ name, service, state, certificate, nextAttemptAt }: DomainInfo): string[] {
  return [
    name,
    service,
    state,
    certificate?.issuer ?? '',
    certificate ? formatTime(certificate.notAfter) : '',
    nextAttemptAt === undefined ? '' : formatTime(nextAttemptAt),
  ];
}

function troubles({ name, failure }: DomainInfo): string[] {
  return failure ? [`${name}: ${failure.message}`] : [];
}
