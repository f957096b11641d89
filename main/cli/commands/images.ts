/** image build: what machines of clouds are made of, with the engines inside. */
import type { Command } from 'commander';
import { basePackages, checkEngine, importImage } from '../../../remote/core/clouds/containers/image.ts';
import { debianRoot } from '../../images/debian-root.ts';
import type { Run } from '../program.ts';

export function imageCommands(program: Command, run: Run): void {
  const image = program.command('image').description('Images that machines are made of');
  image
    .command('build')
    .description(
      'Make the image of machines for Docker or Podman: Debian with the engines inside. Takes some minutes; do it again to bring the engines up to date',
    )
    .action(
      run(async (session) => {
        const roles = Object.values(session.specs).flatMap((spec) => Object.values(spec.roles));
        const packages = [...basePackages, ...roles.flatMap((role) => role.packages)];
        await checkEngine(session.signal);
        session.terminal.note(`Making a Debian root with ${new Set(packages).size} packages and what they need.`);
        const root = debianRoot({ packages, signal: session.signal, onLine: (line) => session.terminal.note(line) });
        const name = await importImage(root, session.signal);
        session.terminal.result({ image: name }, () => `${name} is ready. Next: conpaas up --cloud containers`);
      }),
    );
}
