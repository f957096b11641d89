/** A command for crash tests: `crash-child.ts <data directory> <bundles> up|destroy`, killed where CONPAAS_CRASH says. */
import { runtime } from '../../remote/host/stand-in.ts';
import { openVault } from '../vault/index.ts';
import { openDeployments } from './index.ts';

const [, , dataDirectory = '', bundles = '', command] = process.argv;
const vault = await openVault(dataDirectory, { kind: 'keyfile' });
await using deployments = openDeployments({ dataDirectory, vault, bundles, runtime });
const signal = AbortSignal.timeout(60_000);
if (command === 'up') await deployments.up({ owner: 'ada', signal });
else await deployments.destroy({ deployment: 'this-computer', signal });
