/** image …: what machines of clouds are made of, with the engines inside. */
import type { Command } from 'commander';
import { z } from 'zod';
import { basePackages, checkEngine, importImage } from '../../../remote/core/clouds/containers/image.ts';
import { ownArchitecture } from '../../../remote/core/clouds/qemu/boards.ts';
import { usualImage } from '../../../remote/core/clouds/qemu/settings.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { Architecture } from '../../../remote/core/contract/runtimes.ts';
import { usualPackage } from '../../../remote/core/service/engines.ts';
import { locateRuntime, runtimeFor } from '../../deploy/index.ts';
import { containerRoot } from '../../images/container-root.ts';
import { debianRoot } from '../../images/debian-root.ts';
import { extendedRoot } from '../../images/extended-root.ts';
import { diskPackages, makeMachineDisk } from '../../images/machine-disk.ts';
import { runtimeEntries } from '../../images/runtime-entries.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { cloudImageCommands, makeAtCloud, packagesOfRoles } from './cloud-images.ts';
import { parseSettings } from './services.ts';

interface Building {
  readonly root: NodeJS.ReadableStream;
  readonly architecture: Architecture;
  readonly signal: AbortSignal;
}

/** What a kind of cloud makes its machines of. */
interface Recipe {
  /** Makes the root without tools of this computer, where it has none. */
  readonly elsewhere?: typeof containerRoot;
  /** Whether it is made for other processors than this computer's, too. */
  readonly forOthers?: boolean;
  /** Beside the engines. */
  packages(architecture: Architecture): readonly string[];
  /** Before minutes are spent on a root that nobody takes. */
  check(signal: AbortSignal): Promise<void>;
  /** @returns what it is called */
  make(building: Building): Promise<string>;
}

const recipes: Readonly<Record<string, Recipe>> = {
  containers: {
    packages: () => basePackages,
    check: checkEngine,
    make: ({ root, signal }) => importImage(root, signal),
    elsewhere: containerRoot,
  },
  qemu: {
    forOthers: true,
    packages: diskPackages,
    check: async () => undefined,
    async make({ root, architecture, signal }) {
      const directory = usualImage(architecture);
      const { disk } = await makeMachineDisk({ root, architecture, directory, signal });
      return `${directory}/${disk}`;
    },
  },
};

const recipeOf = (cloud: string): Recipe | undefined => (Object.hasOwn(recipes, cloud) ? recipes[cloud] : undefined);

/**
 * On this computer: of a root of Debian.
 * @param base of which the container engine makes it, where it should
 * @param architecture of the processors that it is for
 * @returns what it is called
 */
async function makeHere(
  session: Session,
  recipe: Recipe,
  base: string | undefined,
  architecture: Architecture,
): Promise<string> {
  const make = base !== undefined || process.platform !== 'linux' ? recipe.elsewhere : debianRoot;
  if (!make) throw new ConpaasError('invalid_request', 'The disk for QEMU is made on Linux, and without --base.');
  const packages = [...recipe.packages(architecture), ...packagesOfRoles(session).map(usualPackage)];
  await recipe.check(session.signal);
  const { signal } = session;
  const runtime = await runtimeEntries(runtimeFor(locateRuntime().runtime, architecture), signal);
  session.terminal.note(`Making a Debian root with ${new Set(packages).size} packages and what they need.`);
  const debian = make({ packages, architecture, signal, base, onLine: (line) => session.terminal.note(line) });
  return recipe.make({ root: extendedRoot(debian, runtime), architecture, signal });
}

/** @throws ConpaasError invalid_request: there is nothing else to choose */
function architectureIn(cloud: string, { forOthers = false }: Recipe, words: readonly string[] = []): Architecture {
  if (words.length > 0 && !forOthers) {
    throw new ConpaasError('invalid_request', `The image of ${cloud} has no settings.`);
  }
  const settings = z.strictObject({ architecture: Architecture.default(ownArchitecture) });
  const found = settings.safeParse(parseSettings(words, false));
  if (found.success) return found.data.architecture;
  throw new ConpaasError(
    'invalid_request',
    `The image of ${cloud} has one setting, architecture: ${Architecture.options.join(' or ')}.`,
  );
}

export function imageCommands(program: Command, run: Run): void {
  const image = program.command('image').description('Images that machines are made of');
  image
    .command('build')
    .option('--cloud <name>', 'containers, qemu, or a credential or kind of another cloud', 'containers')
    .option('--base <image>', 'for containers: the engine makes it, of this image of Debian, where mmdebstrap is not')
    .option(
      '--set <key=value...>',
      'for qemu: architecture=arm64 or x64; at a cloud: settings of the machine it is made of, as size=t4g.small',
    )
    .description(
      'Make what machines are made of, with the engines inside: the image for Docker or Podman, the disk for QEMU, or an image at a cloud. Takes some minutes; do it again to bring the engines up to date',
    )
    .action(
      run(async (session, options: { cloud: string; base?: string; set?: string[] }) => {
        const { cloud, base, set } = options;
        const recipe = recipeOf(cloud);
        if (!recipe && base !== undefined)
          throw new ConpaasError(
            'invalid_request',
            `The image of ${cloud} is made of what that cloud has, without --base.`,
          );
        const name = recipe
          ? await makeHere(session, recipe, base, architectureIn(cloud, recipe, set))
          : await makeAtCloud(session, cloud, set ?? []);
        session.terminal.result({ image: name }, () => `${name} is ready. Next: conpaas up --cloud ${cloud}`);
      }),
    );
  cloudImageCommands(image, run);
}
