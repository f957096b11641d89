/** secret …: values that services are given. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { Run } from '../program.ts';
import { formatTime, table } from '../terminal.ts';

export function secretCommands(program: Command, run: Run): void {
  const secret = program.command('secret').description('Secrets of an application: values are set, never shown');
  secret
    .command('list')
    .argument('<app>')
    .description('Names of the secrets, and which services use them')
    .action(
      run(async (session, _options, application: string) => {
        const director = await session.director();
        const all = await director.call('list_secrets', { application }, { signal: session.signal });
        session.terminal.result(all, () =>
          table(
            ['name', 'set', 'used by'],
            all.map((one) => [one.name, formatTime(one.updatedAt), one.usedBy.join(' ')]),
          ),
        );
      }),
    );
  secret
    .command('set')
    .argument('<app>')
    .argument('<name>')
    .description('Set a secret; its value is read from standard input (one trailing line end is not part of it)')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const value = (await session.input()).replace(/\r?\n$/, '');
        if (value === '')
          throw new ConpaasError(
            'invalid_request',
            'The value is empty. Pipe it in: printf %s VALUE | conpaas secret set APP NAME',
          );
        const director = await session.director();
        await director.call('set_secret', { application, name, value }, { signal: session.signal });
        session.terminal.result({ name }, () => `${name} is set.`);
      }),
    );
  secret
    .command('delete')
    .argument('<app>')
    .argument('<name>')
    .description('Delete a secret')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const director = await session.director();
        await director.call('delete_secret', { application, name }, { signal: session.signal });
        session.terminal.result({ name }, () => `${name} is gone.`);
      }),
    );
}
