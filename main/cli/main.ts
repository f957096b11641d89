/** Composition root of the `conpaas` command. */
import { productVersion } from '../../remote/core/release/index.ts';
import { serviceSpecs } from '../../remote/services/registry/spec.ts';
import { runCommand } from './program.ts';

const stop = new AbortController();
// The first Ctrl+C ends what can be ended in order, the second ends at once.
process.once('SIGINT', () => stop.abort(new Error('interrupted')));
process.once('SIGTERM', () => stop.abort(new Error('ended')));
// A reader that goes away (`conpaas logs | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommand({
  arguments: process.argv.slice(2),
  specs: serviceSpecs,
  streams: { out: process.stdout, err: process.stderr },
  stdin: process.stdin,
  environment: process.env,
  signal: stop.signal,
  version: productVersion,
});
// Kept connections must not keep the command alive.
process.exit();
