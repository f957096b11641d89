/** A command for crash tests: `crash-child.ts <data directory> <bundles> up|destroy`, killed where CONPAAS_CRASH says. */

import { openDeployments } from '../../main/deploy/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { runtime } from '../../remote/host/stand-in.ts';

const [, , dataDirectory = '', bundles = '', command] = process.argv;
const vault = await openVault(dataDirectory, { kind: 'keyfile' });
await using deployments = openDeployments({ dataDirectory, vault, bundles, runtime });
const signal = AbortSignal.timeout(60_000);
if (command === 'up') await deployments.up({ owner: 'ada', signal });
else await deployments.destroy({ deployment: 'this-computer', signal });
