/** check, plan, apply, export: manifests. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { Plan } from '../../../remote/core/contract/plan.ts';
import { type CheckedManifest, parseManifest } from '../../../remote/core/manifest/index.ts';
import { digestLocalFiles, missingLocalFiles, uploadLocalFiles } from '../../manifests/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { differenceText } from './costs.ts';

export function manifestCommands(program: Command, run: Run): void {
  program
    .command('check')
    .argument('<file>')
    .description('Check a manifest without applying it (- reads standard input)')
    .action(
      run(async (session, _options, file: string) => {
        const { manifest, warnings: found } = await read(session, file);
        const warnings = [...found, ...(await missingLocalFiles(manifest, folderOf(file)))];
        session.terminal.result({ valid: true, application: manifest.Application, warnings }, () =>
          [
            `${file} is valid: ${manifest.Application}, ${manifest.Services.length} service(s).`,
            ...warnings.map(noted),
          ].join('\n'),
        );
      }),
    );

  program
    .command('plan')
    .argument('<file>')
    .option('--name <name>', 'of the application, in place of the one in the manifest')
    .option('--cloud <name>', 'of the director, for a new application')
    .description('Show what applying a manifest would create, change and remove')
    .action(
      run(async (session, options: Placed, file: string) => {
        const checked = await read(session, file);
        const director = await session.director();
        const manifest = await digestLocalFiles(checked.manifest, folderOf(file), session.signal);
        const plan = await director.call('plan_manifest', { manifest, ...placed(options) }, { signal: session.signal });
        session.terminal.result(plan, () => describePlan(plan, checked.warnings));
      }),
    );

  program
    .command('apply')
    .argument('<file>')
    .option('--name <name>', 'of the application, in place of the one in the manifest')
    .option('--cloud <name>', 'of the director, for a new application')
    .option('--wait', 'wait until it is done, showing progress')
    .description('Create the application of a manifest, or change an existing one by the difference')
    .action(
      run(async (session, options: Placed & { wait?: boolean }, file: string) => {
        const checked = await read(session, file);
        for (const warning of checked.warnings) session.terminal.note(noted(warning));
        const manifest = await upload(session, checked, file);
        const started = await session.begin(async (begun) =>
          (await session.director()).call('apply_manifest', { manifest, ...placed(options) }, begun),
        );
        if (!options.wait) {
          session.terminal.result(
            started,
            () => `Started ${started.operation}. Follow it with: conpaas op show ${started.operation} --wait`,
          );
          return;
        }
        const ended = await session.follow(started.operation);
        const address = ended.outcome?.['address'];
        session.terminal.result({ ...started, address }, () => address ?? 'Done.');
      }),
    );

  program
    .command('export')
    .argument('<app>')
    .description('Print a manifest that re-creates an application (secrets as references)')
    .action(
      run(async (session, _options, application: string) => {
        const director = await session.director();
        const manifest = await director.call('export_manifest', { application }, { signal: session.signal });
        session.terminal.result(manifest, () => JSON.stringify(manifest, null, 2));
      }),
    );
}

async function read(session: Session, file: string): Promise<CheckedManifest> {
  const text =
    file === '-'
      ? await session.input()
      : await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') throw new ConpaasError('not_found', `There is no file ${file}. Check the path.`);
          if (error.code === 'EISDIR')
            throw new ConpaasError('invalid_request', `${file} is a folder. Name the manifest, a JSON file.`);
          throw new ConpaasError('not_found', `${file} cannot be read (${error.code ?? 'unknown'}). Check the path.`);
        });
  return parseManifest(text, session.specs);
}

/** Where relative paths of a manifest start. */
const folderOf = (file: string): string => (file === '-' ? process.cwd() : path.dirname(file));

async function upload(session: Session, { manifest }: CheckedManifest, file: string) {
  return uploadLocalFiles(manifest, folderOf(file), await session.director(), {
    signal: session.signal,
    onProgress: ({ name, sent, total }) => session.terminal.transfer(name, sent, total),
  });
}

interface Placed {
  readonly name?: string;
  readonly cloud?: string;
}

const placed = ({ name, cloud }: Placed): Placed => ({
  ...(name === undefined ? {} : { name }),
  ...(cloud === undefined ? {} : { cloud }),
});
const noted = (warning: string): string => `Note: ${warning}`;

function describePlan(plan: Plan, warnings: readonly string[]): string {
  const signs = { create: '+', change: '~', remove: '-', keep: ' ' } as const;
  const lines = plan.changes.flatMap(({ action, text, fields }) => [
    `${signs[action]} ${text}`,
    ...fields.map(
      ({ path: where, from, to }) =>
        `    ${where}: ${JSON.stringify(from) ?? 'not set'} → ${JSON.stringify(to) ?? 'not set'}`,
    ),
  ]);
  if (plan.changes.every(({ action }) => action === 'keep')) lines.push('Nothing would change.');
  if (plan.cost) lines.push(differenceText(plan.cost));
  for (const [placement, cost] of Object.entries(plan.placements ?? {})) {
    lines.push(`  With Placement ${placement}: ${differenceText(cost)}`);
  }
  return [...lines, ...[...plan.warnings, ...warnings].map(noted)].join('\n');
}
