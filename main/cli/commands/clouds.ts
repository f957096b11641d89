/** cloud …: credentials in the vault, and machines of the deployment. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { cloudKinds, cloudPolicy } from '../../../remote/core/clouds/index.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { checkCredential, credentialInfo, openCredentialStore, refuseKind } from '../../credentials/index.ts';
import { asks, openDeploymentStore } from '../../deploy/index.ts';
import type { Run } from '../program.ts';
import { formatTime, table } from '../terminal.ts';
import { sweepCommand } from './sweep.ts';

export function cloudCommands(program: Command, run: Run): void {
  const cloud = program.command('cloud').description('Clouds: credentials, machines, prices');
  cloud
    .command('list')
    .description('Kinds of cloud that this version knows, and credentials in the vault')
    .action(
      run(async (session) => {
        const credentials = (await openCredentialStore(await session.vault()).list()).map((one) => credentialInfo(one));
        const kinds = cloudKinds.map(({ kind, title, credentials: needed }) => ({
          kind,
          title,
          needsCredentials: needed !== undefined,
        }));
        session.terminal.result({ kinds, credentials }, () =>
          [
            table(
              ['kind', 'cloud', 'credentials'],
              kinds.map(({ kind, title, needsCredentials }) => [
                kind,
                title,
                needsCredentials ? 'needed' : 'none needed',
              ]),
            ),
            table(
              ['credential', 'kind', 'id', 'shown'],
              credentials.map(({ name, kind, id, shown }) => [name, kind, id, Object.values(shown).join(' ')]),
            ),
          ]
            .filter((text) => text !== '')
            .join('\n\n'),
        );
      }),
    );
  cloud
    .command('add')
    .argument('<name>', 'what you call it')
    .argument('<kind>', 'kind of cloud')
    .description('Add a credential: its fields as JSON on standard input. The cloud is asked at once whether it works')
    .action(
      run(async (session, _options, name: string, kind: string) => {
        refuseKind(kind);
        const fields = parseFields(await session.input());
        await checkCredential({ kind, fields }, session.signal);
        const added = credentialInfo(await openCredentialStore(await session.vault()).add({ name, kind, fields }));
        session.terminal.result(added, () => `${name} works and is kept.`);
      }),
    );
  cloud
    .command('remove')
    .argument('<name>')
    .option('--yes', 'do not ask')
    .description('Remove a credential from the vault')
    .action(
      run(async (session, options: { yes?: boolean }, name: string) => {
        const store = openCredentialStore(await session.vault());
        const credential = await store.get(name);
        const deployments = await (await session.deployments()).list();
        const used = deployments.find(({ cloud: own, clouds: further = [] }) =>
          [own, ...further].some((place) => [place.credential, place.lent].includes(credential.id)),
        );
        if (used) throw new ConpaasError('conflict', `${used.name} runs with it. Destroy that first.`);
        await session.confirm('The keys stay valid at the cloud until you end them there.', name, options.yes === true);
        await store.remove(credential.id);
        session.terminal.result({ id: credential.id, name }, () => `${name} is gone from the vault.`);
      }),
    );
  cloud
    .command('check')
    .argument('<name>')
    .description('Ask a cloud whether a credential works, and what can be had')
    .action(
      run(async (session, _options, name: string) => {
        const credential = await openCredentialStore(await session.vault()).get(name);
        const { offers } = await checkCredential(credential, session.signal);
        session.terminal.result({ name, offers }, () =>
          table(
            ['size', 'cpus', 'memory', '$/h'],
            offers.map((one) => [one.name, String(one.cpus), `${one.memoryMb} MB`, priceText(one.pricePerHour)]),
          ),
        );
      }),
    );
  cloud
    .command('lend')
    .argument('[credential]', 'id or name, or "nothing"; the one that the deployment was made with where absent')
    .description('Give the director another credential for its cloud, or nothing: then it asks this computer')
    .action(
      run(async (session, _options, credential: string | undefined) => {
        const { deployment, signal } = session;
        const done = await (await session.deployments()).lend({ deployment, credential, signal });
        session.terminal.result(done, () =>
          done.credential === undefined
            ? `The director of ${done.deployment} has no credentials now. It asks ConPaaS Desktop on this computer while that is open, or: conpaas cloud serve`
            : `The director of ${done.deployment} now uses ${done.credential}.`,
        );
      }),
    );
  cloud
    .command('serve')
    .description('Do what a director without credentials wants of its cloud, until Ctrl+C. The window does it too')
    .action(
      run(async (session) => {
        const { deployment, signal, terminal } = session;
        const deployments = await session.deployments();
        const { id, name, cloud: placed, clouds = [] } = await deployments.find(deployment);
        if (![placed, ...clouds].some(asks)) {
          throw new ConpaasError('conflict', `The director of ${name} acts by itself: there is nothing to do here.`);
        }
        using _listening = deployments.onCarriedOut((done) =>
          terminal.line(done, () => `${done.call}: ${done.failure?.message ?? 'done'}`),
        );
        await deployments.directorClient(id, signal);
        terminal.note(`Doing what the director of ${name} wants of its cloud. Ctrl+C ends it.`);
        if (!signal.aborted) await once(signal, 'abort');
      }),
    );
  cloud
    .command('machines')
    .description('All machines of the deployment, also those that belong to nothing')
    .action(
      run(async (session) => {
        const result = await (await session.director()).call('list_machines', {}, { signal: session.signal });
        for (const { cloud: name, message } of result.failures) session.terminal.note(`${name}: ${message}`);
        session.terminal.result(result, () =>
          table(
            ['machine', 'belongs to', 'state', 'address', 'cloud', 'since', '$/h'],
            result.machines.map((one) => [
              one.name,
              one.applicationName ?? one.belongs,
              one.state,
              one.address ?? '',
              one.cloud,
              formatTime(one.createdAt),
              priceText(one.pricePerHour),
            ]),
          ),
        );
      }),
    );
  cloud
    .command('policy')
    .argument('<kind>', 'kind of cloud')
    .description('The least that ConPaaS needs of an account, as a policy document of that cloud')
    .action(
      run(async (session, _options, kind: string) => {
        const { deployment } = session;
        const only = deployment && (await openDeploymentStore(await session.dataDirectory()).find(deployment)).id;
        const policy = cloudPolicy(kind, only);
        const isLines = Array.isArray(policy) && policy.every((one) => typeof one === 'string');
        session.terminal.result(policy, () => (isLines ? policy.join('\n') : JSON.stringify(policy, null, 2)));
      }),
    );
  sweepCommand(cloud, run);
}

const priceText = (price: number | undefined): string => (price === undefined ? 'unknown' : String(price));

function parseFields(text: string): Record<string, string | number | boolean> {
  try {
    return JSON.parse(text) as Record<string, string | number | boolean>; // checked against the kind's schema
  } catch {
    throw new ConpaasError('invalid_request', 'Give the fields of the credential as JSON on standard input.');
  }
}
