/** `unshare --mount node without-programs.mjs PATH[:PATH…] COMMAND…`: runs a command where those programs are masked. */
import { spawn, spawnSync } from 'node:child_process';

const [programs = '', executable = '', ...words] = process.argv.slice(2);
for (const program of programs.split(':')) {
  const { status, stderr } = spawnSync('mount', ['--bind', '/dev/null', program]);
  if (status !== 0) throw new Error(`${program} cannot be masked: ${stderr}`);
}
const child = spawn(executable, words, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal);
  else process.exitCode = code ?? 1;
});
