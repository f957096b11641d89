/**
 * A shell on a pseudo-terminal, contained like the engine beside it, without a native add-on: script(1) of util-linux
 * makes the terminal, inside the sandbox; its pipes are the terminal's other side. It has a pid namespace of its own,
 * whose end ends whatever was started in it, and which ends with us, whatever ends us.
 */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ConpaasError } from '../contract/errors.ts';
import { newId } from '../contract/ids.ts';
import { killAll } from './end.ts';
import { type Exit, launch } from './launch.ts';
import { openRecords } from './records.ts';
import type { Sandbox } from './types.ts';

export interface PseudoTerminalSpec {
  /** Directory of a supervisor's records: its next life ends the shell if we die meanwhile. */
  readonly records: string;
  /** Where the shell starts. */
  readonly directory: string;
  /** Unprivileged user where we are root. */
  readonly uid: number | undefined;
  readonly sandbox: Sandbox;
  /** Name shown in the prompt: letters, digits, `-`. */
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
}

export interface PseudoTerminal extends AsyncDisposable {
  /** What is shown; reading slowly slows what runs in it. */
  readonly output: Readable;
  /** Resolves when there is room for more. */
  write(bytes: Buffer): Promise<void>;
  resize(size: { readonly columns: number; readonly rows: number }): void;
  /** Exit code of the shell; 128 and more: a signal. Comes after the last output where that is read. */
  readonly ended: Promise<number>;
}

/**
 * The only command line there is, and nothing is ever put into it: script(1) takes no list of words. What differs comes
 * in the environment.
 */
const commandLine =
  'stty rows "$CONPAAS_ROWS" cols "$CONPAAS_COLUMNS"; export PS1="$CONPAAS_PROMPT"; ' +
  'unset CONPAAS_ROWS CONPAAS_COLUMNS CONPAAS_PROMPT; ' +
  'exec /bin/bash --norc --noprofile -i';

/** The first terminal of the sandbox's own /dev/pts; seen from outside through the first process of the sandbox. */
const firstTerminal = (pid: number) => `/proc/${pid}/root/dev/pts/0`;

/** How much of what bubblewrap and script complain of is kept for the failure, characters. */
const complaintLimit = 4000;

/**
 * Starts a shell. Disposing it ends everything that was started in it.
 * @throws ConpaasError sandbox_unavailable, engine_failed, missing_package
 */
export async function openPseudoTerminal(spec: PseudoTerminalSpec): Promise<PseudoTerminal> {
  const records = openRecords(spec.records);
  const name = newId('terminal');
  const running = await launch(
    records,
    {
      name,
      executable: '/usr/bin/script',
      arguments: ['-q', '-f', '-e', '-c', commandLine, '/dev/null'],
      directory: spec.directory,
      environment: {
        TERM: 'xterm-256color',
        COLORTERM: 'truecolor',
        SHELL: '/bin/bash',
        HOME: '/tmp',
        // What is typed is nobody's business afterwards.
        HISTFILE: '/dev/null',
        CONPAAS_PROMPT: `${spec.name}:\\W\\$ `,
        CONPAAS_ROWS: String(spec.rows),
        CONPAAS_COLUMNS: String(spec.columns),
      },
      uid: spec.uid,
      sandbox: spec.sandbox,
      log: { path: '/dev/null' },
      stop: { signal: 'SIGKILL', timeoutMs: 0 },
      piped: true,
      endsWithUs: true,
    },
    { kind: 'run', restarts: 0 },
  );
  const { pipes, main, record, exited } = running;
  if (!pipes) throw new Error('a piped process has no pipes');
  let complaint = '';
  pipes.errors.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-complaintLimit);
  });
  for (const pipe of [pipes.input, pipes.output, pipes.errors]) pipe.on('error', () => undefined); // its end tells

  let wanted: { readonly columns: number; readonly rows: number } | undefined;
  let resizing = false;
  const resizeNow = async (): Promise<void> => {
    if (resizing) return;
    resizing = true;
    // the newest wins; what was asked meanwhile is skipped
    for (let size = wanted; size; size = wanted) {
      wanted = undefined;
      await setSize(firstTerminal(main.pid), size);
    }
    resizing = false;
  };

  return {
    output: pipes.output,
    write: (bytes) =>
      new Promise((resolve) => {
        if (pipes.input.destroyed || pipes.input.writableEnded) resolve();
        else pipes.input.write(bytes, () => resolve());
      }),
    resize(size) {
      wanted = size;
      void resizeNow();
    },
    ended: exited.then((exit) => {
      const code = codeOf(exit);
      if (code !== 0 && complaint !== '') {
        throw new ConpaasError('engine_failed', 'The terminal could not be started on the node.', {
          log: complaint.trim().split('\n'),
        });
      }
      return code;
    }),
    async [Symbol.asyncDispose]() {
      wanted = undefined;
      pipes.input.destroy();
      pipes.output.destroy();
      await killAll(records, record);
      records.remove(name);
    },
  };
}

/** stty(1) on the terminal; one that has just ended is no error. */
function setSize(terminal: string, size: { readonly columns: number; readonly rows: number }): Promise<void> {
  return new Promise((resolve) => {
    const words = ['-F', terminal, 'rows', String(size.rows), 'cols', String(size.columns)];
    const child = spawn('/usr/bin/stty', words, { stdio: 'ignore', timeout: 5000 });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}

/** As shells count: 128 and the signal's number for a signal; what nobody saw counts as killed. */
function codeOf(exit: Exit): number {
  if (exit.kind === 'code') return exit.code;
  return exit.kind === 'signal' ? 128 + (signalNumbers[exit.signal] ?? 0) : 137;
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};
