/** image build: what machines of clouds are made of, with the engines inside. */
import type { Command } from 'commander';
import { basePackages, checkEngine, importImage } from '../../../remote/core/clouds/containers/image.ts';
import { usualImage } from '../../../remote/core/clouds/qemu/settings.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { usualPackage } from '../../../remote/core/service/engines.ts';
import { locateRuntime } from '../../deploy/index.ts';
import { debianRoot } from '../../images/debian-root.ts';
import { extendedRoot } from '../../images/extended-root.ts';
import { diskPackages, makeMachineDisk } from '../../images/machine-disk.ts';
import { runtimeEntries } from '../../images/runtime-entries.ts';
import type { Run } from '../program.ts';

interface Building {
  readonly root: NodeJS.ReadableStream;
  readonly signal: AbortSignal;
}

/** What a kind of cloud makes its machines of. */
interface Recipe {
  /** Beside the engines. */
  readonly packages: readonly string[];
  /** Before minutes are spent on a root that nobody takes. */
  check(signal: AbortSignal): Promise<void>;
  /** @returns what it is called */
  make(building: Building): Promise<string>;
}

const recipes: Readonly<Record<string, Recipe>> = {
  containers: {
    packages: basePackages,
    check: checkEngine,
    make: ({ root, signal }) => importImage(root, signal),
  },
  qemu: {
    packages: diskPackages,
    check: async () => undefined,
    async make({ root, signal }) {
      const directory = usualImage();
      const { disk } = await makeMachineDisk({ root, directory, signal });
      return `${directory}/${disk}`;
    },
  },
};

function recipeOf(cloud: string): Recipe {
  const recipe = Object.hasOwn(recipes, cloud) ? recipes[cloud] : undefined;
  if (recipe) return recipe;
  const known = Object.keys(recipes).join(', ');
  throw new ConpaasError('invalid_request', `Machines of ${cloud} are of an image of that cloud. Made here: ${known}.`);
}

export function imageCommands(program: Command, run: Run): void {
  const image = program.command('image').description('Images that machines are made of');
  image
    .command('build')
    .option('--cloud <kind>', 'containers, or qemu', 'containers')
    .description(
      'Make the image of machines for Docker or Podman, or their disk for QEMU: Debian with the engines inside. Takes some minutes; do it again to bring the engines up to date',
    )
    .action(
      run(async (session, { cloud }: { cloud: string }) => {
        const recipe = recipeOf(cloud);
        const roles = Object.values(session.specs).flatMap((spec) => Object.values(spec.roles));
        const packages = [...recipe.packages, ...roles.flatMap((role) => role.packages.map(usualPackage))];
        await recipe.check(session.signal);
        const { signal } = session;
        const runtime = await runtimeEntries(locateRuntime().runtime, signal);
        session.terminal.note(`Making a Debian root with ${new Set(packages).size} packages and what they need.`);
        const debian = debianRoot({ packages, signal, onLine: (line) => session.terminal.note(line) });
        const root = extendedRoot(debian, runtime);
        const name = await recipe.make({ root, signal });
        session.terminal.result({ image: name }, () => `${name} is ready. Next: conpaas up --cloud ${cloud}`);
      }),
    );
}
