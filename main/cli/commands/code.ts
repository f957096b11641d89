/** code …: versions of a service's code. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { openDeployable } from '../../manifests/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatBytes, formatTime, table } from '../terminal.ts';

export function codeCommands(program: Command, run: Run): void {
  const code = program.command('code').description("Versions of a service's code");
  const serviceHelp = 'may be left out where only one service takes code';

  code
    .command('upload')
    .argument('<app>')
    .argument('<path>', 'archive (tar, tar.gz, tar.bz2, tar.xz, zip) or folder')
    .option('--service <name>', serviceHelp)
    .option('--description <text>', 'shown in the list of versions', '')
    .option('--no-activate', 'upload only')
    .option('--include <path...>', 'of a folder, what would be left out (.gitignore, .conpaasignore, .git, .env)')
    .description('Upload code as a new version and make it live, health-checked')
    .action(
      run(
        async (
          session,
          options: { service?: string; description: string; activate: boolean; include?: string[] },
          application: string,
          file: string,
        ) => {
          const service = options.service ?? (await onlyService(session, application));
          const deployable = await openDeployable(file, options.include ?? [], session.signal);
          for (const { path, bytes, by } of deployable.leftOut) {
            session.terminal.note(`left out ${by === 'always' ? '' : `by ${by}`}: ${path} (${formatBytes(bytes)})`);
          }
          for (const { lock, folder } of deployable.missing)
            session.terminal.note(`${lock} is there, but ${folder}/ is not`);
          const leftOut = deployable.leftOut.map(({ path }) => path);
          await using archive = await deployable.pack();
          const { version, operation } = await session.begin(async (begun) =>
            (await session.manager(application)).upload(
              'upload_code_version',
              { service, description: options.description, activate: options.activate },
              { path: archive.path, name: archive.name },
              { ...begun, onProgress: (sent, total) => session.terminal.transfer(archive.name, sent, total) },
            ),
          );
          if (operation !== undefined) await session.follow(operation);
          session.terminal.result({ service, version, operation, leftOut }, () =>
            operation === undefined ? `${version} was uploaded.` : `${version} is live.`,
          );
        },
      ),
    );

  code
    .command('list')
    .argument('<app>')
    .option('--service <name>', serviceHelp)
    .description('Versions, newest first')
    .action(
      run(async (session, options: { service?: string }, application: string) => {
        const service = options.service ?? (await onlyService(session, application));
        const manager = await session.manager(application);
        const all = await manager.call('list_code_versions', { service }, { signal: session.signal });
        session.terminal.result(all, () =>
          table(
            ['version', '', 'name', 'size', 'files', 'uploaded', 'by', 'description'],
            all.map((one) => [
              one.id,
              one.active ? 'live' : one.refused ? 'refused' : '',
              one.name,
              formatBytes(one.size),
              String(one.files),
              formatTime(one.createdAt),
              one.createdBy,
              one.description,
            ]),
          ),
        );
      }),
    );

  code
    .command('activate')
    .argument('<app>')
    .argument('<version>')
    .option('--service <name>', serviceHelp)
    .description('Make a version live')
    .action(
      run(async (session, options: { service?: string }, application: string, version: string) => {
        const service = options.service ?? (await onlyService(session, application));
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('activate_code_version', { service, version }, begun),
        );
        session.terminal.result({ service, version, operation }, () => `${version} is live.`);
      }),
    );

  code
    .command('rollback')
    .argument('<app>')
    .option('--service <name>', serviceHelp)
    .description('Make the version that was live before live again')
    .action(
      run(async (session, options: { service?: string }, application: string) => {
        const service = options.service ?? (await onlyService(session, application));
        const { id: operation, outcome } = await session.change(application, (manager, begun) =>
          manager.call('rollback_code_version', { service }, begun),
        );
        const version = outcome?.['version'];
        session.terminal.result({ service, version, operation }, () => `${version ?? 'The version before'} is live.`);
      }),
    );

  code
    .command('download')
    .argument('<app>')
    .argument('<version>')
    .option('--service <name>', serviceHelp)
    .option('--output <file>', 'where to write it; the name it was uploaded with by default')
    .description('Download the archive of a version')
    .action(
      run(async (session, options: { service?: string; output?: string }, application: string, version: string) => {
        const service = options.service ?? (await onlyService(session, application));
        const manager = await session.manager(application);
        const { stream, name } = await manager.download(
          'download_code_version',
          { service, version },
          { signal: session.signal },
        );
        const output = options.output ?? (name ?? `${service}-${version}.tar.gz`).replaceAll(/[/\\]/g, '_');
        await pipeline(stream, createWriteStream(output, { flags: 'wx' }), { signal: session.signal }).catch(
          (error: NodeJS.ErrnoException) => {
            if (error.code !== 'EEXIST') throw error;
            throw new ConpaasError('conflict', `${output} exists already. Choose another name with --output.`);
          },
        );
        session.terminal.result({ service, version, output }, () => output);
      }),
    );

  code
    .command('diff')
    .argument('<app>')
    .argument('<from>')
    .argument('<to>')
    .option('--service <name>', serviceHelp)
    .description('Files that differ between two versions')
    .action(
      run(async (session, options: { service?: string }, application: string, from: string, to: string) => {
        const service = options.service ?? (await onlyService(session, application));
        const manager = await session.manager(application);
        const diff = await manager.call('diff_code_versions', { service, from, to }, { signal: session.signal });
        session.terminal.result(diff, () =>
          [
            ...diff.added.map((file) => `+ ${file}`),
            ...diff.changed.map((file) => `~ ${file}`),
            ...diff.removed.map((file) => `- ${file}`),
          ].join('\n'),
        );
      }),
    );

  code
    .command('delete')
    .argument('<app>')
    .argument('<version>')
    .option('--service <name>', serviceHelp)
    .description('Delete a version that is not live')
    .action(
      run(async (session, options: { service?: string }, application: string, version: string) => {
        const service = options.service ?? (await onlyService(session, application));
        const manager = await session.manager(application);
        await manager.call('delete_code_version', { service, version }, { signal: session.signal });
        session.terminal.result({ service, version }, () => `${version} is deleted.`);
      }),
    );
}

/** The one service that takes code; asks for --service where there are several. */
async function onlyService(session: Session, application: string): Promise<string> {
  const director = await session.director();
  const { services } = await director.call('get_application', { application }, { signal: session.signal });
  const candidates = services.filter(({ code }) => code !== undefined).map(({ name }) => name);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  throw new ConpaasError(
    'invalid_request',
    only === undefined
      ? `${application} has no service that takes code.`
      : `${application} has several services that take code (${candidates.join(', ')}). Say which with --service.`,
  );
}
