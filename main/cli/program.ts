/** The `conpaas` command: its words and options. What each does lies in commands/. */
import { Command, CommanderError } from 'commander';
import { ConpaasError, type Failure, toFailure } from '../../remote/core/contract/errors.ts';
import type { ServiceSpec } from '../../remote/core/service/spec.ts';
import { applicationCommands } from './commands/applications.ts';
import { auditCommands } from './commands/audit.ts';
import { cloudCommands } from './commands/clouds.ts';
import { codeCommands } from './commands/code.ts';
import { contractCommands } from './commands/contract.ts';
import { costCommands } from './commands/costs.ts';
import { deploymentCommands } from './commands/deployment.ts';
import { directorCommands } from './commands/director.ts';
import { domainCommands } from './commands/domains.ts';
import { historyCommands } from './commands/history.ts';
import { imageCommands } from './commands/images.ts';
import { manifestCommands } from './commands/manifests.ts';
import { metricsCommands } from './commands/metrics.ts';
import { moveCommands } from './commands/move.ts';
import { nodeCommands } from './commands/nodes.ts';
import { observationCommands } from './commands/observation.ts';
import { secretCommands } from './commands/secrets.ts';
import { securityCommands } from './commands/security.ts';
import { serviceCommands } from './commands/services.ts';
import { shellCommands } from './commands/shell.ts';
import { vaultCommands } from './commands/vault.ts';
import { volumeCommands } from './commands/volumes.ts';
import { completionScript, completions } from './completion.ts';
import { openSession, type Session } from './session.ts';
import { exitCodeOf, exitCodes, type Streams, Terminal } from './terminal.ts';

/** Wraps the work of a command: opens a session for it, and turns what it throws into an error message and exit code. A
 * number that it returns is the exit code. */
export type Run = (
  // Commander knows the types of options and arguments no better than their declaration beside the work says.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  work: (session: Session, options: any, ...args: any[]) => Promise<unknown>,
) => (...args: unknown[]) => Promise<void>;

export interface CommandOptions {
  /** Words after the command's name. */
  readonly arguments: readonly string[];
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly streams: Streams;
  readonly stdin: NodeJS.ReadStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly version: string;
}

/** Runs the command to its end. @returns its exit code */
export async function runCommand(options: CommandOptions): Promise<number> {
  const { streams, signal } = options;
  let exitCode: number = exitCodes.ok;
  const isJson = options.arguments.includes('--json');
  const program = new Command('conpaas')
    .description('ConPaaS: your application on your own cloud, or on this very computer')
    .version(options.version)
    .option('--json', 'results as JSON on standard output')
    .option(
      '--deployment <name>',
      'which deployment, where there are several',
      options.environment['CONPAAS_DEPLOYMENT'],
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.out.write(text),
      // As JSON it is written once it is whole.
      writeErr: (text) => void (isJson || streams.err.write(text)),
      outputError: (text, write) => write(text.replace(/^error: /, 'conpaas: ')),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for usage)')
    .addHelpText('after', exitCodeHelp);

  const run: Run =
    (work) =>
    async (...given) => {
      // Commander gives the arguments, then the options, then the command itself.
      const command = given.at(-1) as Command;
      const declared = given.slice(0, -2);
      const extra = command.args.slice(declared.length);
      const { json, deployment } = program.opts<{ json?: boolean; deployment?: string }>();
      const terminal = new Terminal(streams, json === true);
      const session = openSession({ ...options, terminal, deployment });
      try {
        const call = work as (session: Session, options: unknown, ...args: unknown[]) => Promise<unknown>;
        const result = await call(session, command.opts(), ...declared, ...extra);
        if (typeof result === 'number') exitCode = result;
      } catch (error) {
        const failure = signal.aborted ? ({ code: 'cancelled', message: 'Interrupted.' } as const) : failureOf(error);
        terminal.error(failure);
        if (failure.code === 'internal' && options.environment['CONPAAS_DEBUG'])
          streams.err.write(`${String((error as Error).stack)}\n`);
        exitCode = exitCodeOf(failure);
      } finally {
        await session[Symbol.asyncDispose]();
      }
    };

  deploymentCommands(program, run);
  directorCommands(program, run);
  applicationCommands(program, run);
  manifestCommands(program, run);
  moveCommands(program, run);
  serviceCommands(program, run);
  nodeCommands(program, run);
  codeCommands(program, run);
  historyCommands(program, run);
  costCommands(program, run);
  volumeCommands(program, run);
  secretCommands(program, run);
  domainCommands(program, run);
  observationCommands(program, run);
  shellCommands(program, run);
  auditCommands(program, run);
  metricsCommands(program, run);
  cloudCommands(program, run);
  imageCommands(program, run);
  securityCommands(program, run);
  vaultCommands(program, run);
  contractCommands(program, run);
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('Print a completion script for a shell')
    .action(
      run(async (session, _options, shell: string) => {
        const script = completionScript(shell);
        session.terminal.result({ script }, () => script);
      }),
    );
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: string[]) => {
      streams.out.write(`${completions(program, words).join('\n')}\n`);
    });

  try {
    await program.parseAsync([...options.arguments], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (isJson && error.exitCode !== 0) new Terminal(streams, true).error(misread(error));
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  return exitCode;
}

/** What no part of ours has foreseen happened in this process, which has no log. */
function failureOf(error: unknown): Failure {
  if (error instanceof ConpaasError) return error.failure;
  const failure = toFailure(error);
  if (failure.code !== 'internal') return failure;
  return { ...failure, message: 'Something unexpected went wrong. To see where, set CONPAAS_DEBUG=1 and try again.' };
}

/** A command line that cannot be understood, as a failure. */
function misread({ code, message }: CommanderError): Failure {
  // Where only help was asked for by leaving out a word.
  const text = code === 'commander.help' ? 'a command is missing; --help lists what there is' : message;
  const said = text.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return { code: 'invalid_request', message: said };
}

const exitCodeHelp = `
Exit codes: 0 done, 1 tried and failed, 2 wrong input, 3 not found, 4 state does not allow it,
            5 cannot be reached, 6 not allowed, 130 interrupted or cancelled.`;
