/** image …: images at clouds that keep them. */
import type { Command } from 'commander';
import type { CloudImage } from '../../../remote/core/clouds/machines/images.ts';
import { machinePackages } from '../../../remote/core/clouds/machines/packages.ts';
import { programsOf } from '../../../remote/core/clouds/machines/programs.ts';
import type { Provider } from '../../../remote/core/clouds/machines/provider.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { productVersion } from '../../../remote/core/release/index.ts';
import { openCredentialStore, refuseSecrets } from '../../credentials/index.ts';
import { locateRuntime, runtimeFor } from '../../deploy/index.ts';
import { costText, type ImageCloud, openBuilder, openKept } from '../../images/at-clouds.ts';
import { buildImage, imagesOf } from '../../images/build-at-cloud.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatTime, table } from '../terminal.ts';
import { placeOf } from './place.ts';
import { parseSettings } from './services.ts';

/** What the services of this version want on machines, as roles name it. */
export function packagesOfRoles({ specs }: Pick<Session, 'specs'>): readonly string[] {
  const roles = Object.values(specs).flatMap((spec) => Object.values(spec.roles));
  return [...new Set(roles.flatMap((role) => role.packages))];
}

/** A cloud by the word that the user has for it. */
async function imageCloud(session: Session, cloud: string, words: readonly string[]): Promise<ImageCloud> {
  const { cloud: kind, credential } = await placeOf(session, cloud);
  if (credential === undefined) {
    const text = `Machines of ${kind} are of no image at a cloud. Those of containers and qemu are made by: conpaas image build --cloud ${kind}`;
    throw new ConpaasError('invalid_request', text);
  }
  const { fields } = await openCredentialStore(await session.vault()).get(credential);
  const settings = parseSettings(words, false);
  refuseSecrets(kind, settings);
  return { kind, settings: { ...fields, ...settings } };
}

/** @returns the name of the image */
export async function makeAtCloud(session: Session, cloud: string, words: readonly string[]): Promise<string> {
  const { signal, terminal } = session;
  await using builder = await openBuilder(await imageCloud(session, cloud, words), signal);
  const { provider, deployment } = builder;
  terminal.note(costText((await imagesOf(provider).prices?.(signal)) ?? {}));
  const found = locateRuntime();
  const { name } = await buildImage({
    ...{ provider, builder: deployment, signal, requestedBy: session.owner, release: productVersion },
    programs: programsOf(found.bundles, runtimeFor(found.runtime, provider.architecture)),
    packages: [...machinePackages, ...packagesOfRoles(session)],
    onOperation: (operation) => terminal.progress(operation),
    onCleanUp: () => terminal.note('Removing what was made for it, which takes a minute or two.'),
  });
  terminal.endProgress();
  return name;
}

export function cloudImageCommands(image: Command, run: Run): void {
  image
    .command('list')
    .requiredOption('--cloud <name>', 'credential or kind of a cloud')
    .description('Images of ConPaaS at a cloud; machines are made of the newest')
    .action(
      run(async (session, { cloud }: { cloud: string }) => {
        await using provider = openKept(await imageCloud(session, cloud, []));
        const images = await newestFirst(provider, session.signal);
        session.terminal.result({ images: images.map(shown) }, () =>
          images.length === 0
            ? `There is none: machines are of the distribution's image. Make one with: conpaas image build --cloud ${cloud}`
            : table(
                ['image', 'release', 'system', 'processor', 'made', 'size', 'state'],
                images.map((one) => [
                  ...[one.name, one.release, one.base, one.architecture, formatTime(one.createdAt)],
                  ...[one.sizeGb === undefined ? '' : `${one.sizeGb} GB`, one.state],
                ]),
              ),
        );
      }),
    );
  image
    .command('remove')
    .argument('<image>', 'name or id')
    .requiredOption('--cloud <name>', 'credential or kind of a cloud')
    .option('--yes', 'do not ask')
    .description('Remove an image of ConPaaS from a cloud, with all that it is stored in. Machines that are made go on')
    .action(
      run(async (session, { cloud, yes }: { cloud: string; yes?: boolean }, wanted: string) => {
        const { signal } = session;
        await using provider = openKept(await imageCloud(session, cloud, []));
        const found = (await newestFirst(provider, signal)).find(({ id, name }) => [id, name].includes(wanted));
        if (!found) {
          const text = `There is no image ${wanted}. "conpaas image list --cloud ${cloud}" shows them.`;
          throw new ConpaasError('not_found', text);
        }
        const { id, name } = found;
        await session.confirm('Machines are then made of an older one, or install packages anew.', name, yes === true);
        await imagesOf(provider).destroy(id, signal);
        session.terminal.result({ id, name }, () => `${name} is gone.`);
      }),
    );
}

const newestFirst = async (provider: Provider, signal: AbortSignal): Promise<readonly CloudImage[]> =>
  [...(await imagesOf(provider).list(signal))].sort((a, b) => b.createdAt - a.createdAt);

const shown = ({ id, name, release, base, architecture, createdAt, sizeGb, state }: CloudImage) => ({
  ...{ id, name, release, base, architecture, createdAt, state },
  ...(sizeGb === undefined ? {} : { sizeGb }),
});
