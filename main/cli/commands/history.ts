/** history …: versions of a whole application, their differences, and the way back. */
import { type Command, InvalidArgumentError } from 'commander';
import type { HistoryDifference, HistoryService } from '../../../remote/core/contract/history.ts';
import { describeChange, valueText } from '../../../remote/core/history/index.ts';
import type { Run } from '../program.ts';
import { formatTime, table } from '../terminal.ts';

export function historyCommands(program: Command, run: Run): void {
  const history = program
    .command('history')
    .description(
      'Versions of a whole application: code, configuration and secret references (not data, not node counts)',
    );

  history
    .command('list')
    .argument('<app>')
    .option('--limit <number>', 'at most so many', parseVersion, 100)
    .description('Versions, newest first')
    .action(
      run(async (session, { limit }: { limit: number }, application: string) => {
        const director = await session.director();
        const entries = await director.call(
          'list_history',
          { application, limit: Math.min(limit, 200) },
          { signal: session.signal },
        );
        const rows = entries.map(({ version, at, by, title, changes }) => [
          String(version),
          formatTime(at),
          by,
          title,
          changes.join('; '),
        ]);
        session.terminal.result(
          entries,
          () => table(['version', 'time', 'by', 'what', 'changes'], rows) || 'There is no version yet.',
        );
      }),
    );

  history
    .command('show')
    .argument('<app>')
    .argument('<version>', 'number of a version', parseVersion)
    .description('One version: services, code, configuration')
    .action(
      run(async (session, _options, application: string, version: number) => {
        const director = await session.director();
        const shown = await director.call('get_history_version', { application, version }, { signal: session.signal });
        session.terminal.result(shown, () =>
          [
            `version ${shown.version}, ${formatTime(shown.at)}, ${shown.by}: ${shown.title}`,
            ...(shown.document.description === '' ? [] : [shown.document.description]),
            ...shown.document.services.map(describeService),
          ].join('\n'),
        );
      }),
    );

  history
    .command('diff')
    .argument('<app>')
    .argument('<from>', 'number of a version', parseVersion)
    .argument('[to]', 'number of a version; the newest where left out', parseVersion)
    .description('What is different in one version compared with another')
    .action(
      run(async (session, _options, application: string, from: number, to: number | undefined) => {
        const director = await session.director();
        const difference = await director.call(
          'diff_history',
          { application, from, ...(to === undefined ? {} : { to }) },
          { signal: session.signal },
        );
        session.terminal.result(difference, () => describeDifference(difference));
      }),
    );

  history
    .command('return')
    .argument('<app>')
    .argument('<version>', 'number of a version', parseVersion)
    .description('Make the application what it was in a version, health-checked; goes back by itself when that fails')
    .action(
      run(async (session, _options, application: string, version: number) => {
        const { operation } = await session.begin(async (options) =>
          (await session.director()).call('return_to_version', { application, version }, options),
        );
        await session.follow(operation);
        session.terminal.result(
          { application, version, operation },
          () => `${application} is what it was in version ${version}; data and node counts are as they were.`,
        );
      }),
    );
}

/** A version number; throws what commander shows. */
function parseVersion(text: string): number {
  const version = Number(text.replace(/^v/, ''));
  if (Number.isInteger(version) && version > 0) return version;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

function describeService(service: HistoryService): string {
  const lines = [
    '',
    `${service.name} (${service.type})${service.code ? `, code ${service.code.id} (${service.code.name})` : ''}`,
    ...Object.entries(service.configuration).map(([key, value]) => `  ${key} = ${valueText(value)}`),
    ...Object.entries(service.environment).map(([key, value]) => `  variable ${key} = ${valueText(value)}`),
    ...service.secrets.map((name) => `  secret ${name}`),
    ...(service.needs.length > 0 ? [`  needs ${service.needs.join(', ')}`] : []),
  ];
  return lines.join('\n');
}

function describeDifference({ from, to, changes, missingSecrets }: HistoryDifference): string {
  if (changes.length === 0) return `Versions ${from} and ${to} are the same.`;
  const lines = changes.flatMap((change) => [
    describeChange(change),
    ...(change.files
      ? [
          ...change.files.added.map((file) => `  + ${file}`),
          ...change.files.changed.map((file) => `  ~ ${file}`),
          ...change.files.removed.map((file) => `  - ${file}`),
        ]
      : []),
  ]);
  const missing = missingSecrets.map((name) => `Note: the secret ${name} has no value now.`);
  return [...lines, ...missing].join('\n');
}
