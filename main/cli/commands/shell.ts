/** shell: a terminal on a node, from a real terminal or from a pipe. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { NodeId } from '../../../remote/core/contract/ids.ts';
import { openShell, type Shell } from '../../../remote/core/terminal/index.ts';
import { Escapes } from '../escapes.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';

/** Size of a terminal that nobody looks at. */
const unseen = { columns: 80, rows: 24 };
/** Ctrl+D: the end of what is typed. */
const endOfInput = Buffer.from([4]);

export function shellCommands(program: Command, run: Run): void {
  program
    .command('shell')
    .argument('<app>')
    .argument('<node>')
    .description("A shell on a node, as the node's own user. Leave with exit, or with ~. at the start of a line")
    .action(
      run(async (session, _options, application: string, name: string) => {
        const node = NodeId.safeParse(name);
        if (!node.success) throw new ConpaasError('not_found', `There is no node "${name}".`);
        const manager = await session.manager(application);
        const size = sizeOf(process.stdout);
        const channel = await manager.duplex('open_terminal', { node: node.data, ...size }, { signal: session.signal });
        using shell = openShell(channel);
        return await attach(session, shell); // awaited, or the shell would end before it
      }),
    );
}

/** Joins the user's terminal and the node's until one of them ends. @returns the exit code of the shell */
async function attach(session: Session, shell: Shell): Promise<number> {
  const { stdin, terminal } = session;
  const isTerminal = stdin.isTTY === true;
  const escapes = new Escapes();
  let left = false;
  const leave = (): void => {
    left = true;
    shell[Symbol.dispose]();
  };
  const typed = (chunk: Buffer): void => {
    const { bytes, action } = isTerminal ? escapes.take(chunk) : { bytes: chunk };
    if (action === 'help') terminal.note('\r\n~.  leave    ~~  send ~    ~?  this\r');
    if (bytes.length > 0) {
      // what is pasted comes no faster than the node takes it
      stdin.pause();
      void shell.write(bytes).then(() => !left && stdin.resume());
    }
    if (action === 'leave') leave();
  };
  const resized = (): void => shell.resize(sizeOf(process.stdout));
  const over = (): void => void shell.write(endOfInput);
  if (isTerminal) {
    terminal.note('Leave with exit, or with ~. at the start of a line.');
    stdin.setRawMode(true);
  }
  stdin.on('data', typed).on('end', over).resume();
  process.stdout.on('resize', resized);
  try {
    for await (const bytes of shell.output) await terminal.raw(bytes);
    const outcome = await shell.outcome;
    if (outcome.kind === 'ended') return outcome.end.code;
    if (left) return 0;
    throw ConpaasError.of(outcome.failure);
  } finally {
    if (isTerminal) stdin.setRawMode(false);
    stdin.off('data', typed).off('end', over).pause();
    process.stdout.off('resize', resized);
    if (left) terminal.note('Left; what was started there has ended.');
  }
}

function sizeOf(out: { readonly columns?: number; readonly rows?: number }) {
  return { columns: out.columns || unseen.columns, rows: out.rows || unseen.rows };
}
