/**
 * What a machine runs at its first boot: a shell script that cloud-init takes as it is. It lays down the host's list,
 * comes by runtime and bundles, and starts the host: as a unit of systemd, or itself where there is none.
 *
 * Everything that comes from elsewhere is in one compressed block of base64, or checked against a pattern before it is
 * put into the script: nothing of it can be a command.
 */
import { gzipSync } from 'node:zlib';
import { ConpaasError } from '../../contract/errors.ts';
import { MachineList } from '../../contract/machine-host.ts';
import { type ContactKeys, contactLines } from './contact.ts';
import { hostDirectory, programsDirectory } from './layout.ts';
import type { Program } from './programs.ts';
import { userDataLimit } from './provider.ts';
import { unitScript } from './systemd-unit.ts';

export interface UserData {
  readonly list: MachineList;
  readonly programs: readonly Pick<Program, 'name' | 'sha256'>[];
  /** Where they are fetched from; absent: somebody will copy them to the machine. */
  readonly director?: { readonly host: string; readonly port: number } | undefined;
  /** The desktop's way in; absent: the cloud has one of its own, or nobody needs one. */
  readonly contact?: ContactKeys | undefined;
}

/**
 * The script, below {@link userDataLimit} bytes.
 * @throws ConpaasError `internal` where it would be larger, or a value is not what it should be
 */
export function composeUserData({ list, programs, director, contact }: UserData): string {
  const block = gzipSync(JSON.stringify(MachineList.parse(list))).toString('base64');
  const needs = programs.map(({ name, sha256 }) => `need ${plain(name)} ${plain(sha256)}`);
  const source = director ? `${plain(director.host)}:${plain(String(director.port))}` : '';
  const script = `#!/bin/sh
# ConPaaS: makes this machine one of a deployment. Whatever it has done before is not done again.
set -eu
umask 022
programs=${programsDirectory}
machine=${hostDirectory}
director=${source}
mkdir -p "$programs" "$machine"
chmod 700 "$machine"
${contact ? contactLines(contact) : ''}
# The list of control processes, and the single-use tokens that they join with.
if [ ! -e "$machine/machine.json" ]; then
  (umask 077; base64 -d <<'END' | gzip -d > "$machine/machine.json.new"
${block.replace(/(.{120})/g, '$1\n')}
END
  )
  mv "$machine/machine.json.new" "$machine/machine.json"
fi

is() { [ -e "$1" ] && echo "$2  $1" | sha256sum --check --status 2> /dev/null; }

# The digest decides, so the certificate of whoever serves the file need not be known to curl.
fetch() {
  body="{\\"sha256\\":\\"$1\\",\\"encoding\\":\\"gzip\\"}"
  from="https://$director/v1/get_program"
  if command -v curl > /dev/null; then
    curl -fsSk --connect-timeout 10 -H 'content-type: application/json' -d "$body" "$from"
  else
    wget -q --no-check-certificate --header 'content-type: application/json' --post-data "$body" -O - "$from"
  fi | gzip -dc > "$2"
}

need() {
  file="$programs/$1"
  # Whoever made an image has put the digest beside what is in it: it takes an emulated processor many seconds.
  if [ -e "$file" ] && [ "$(cat "$file.sha256" 2> /dev/null)" = "$2" ]; then return; fi
  rm -f "$file.sha256"
  pause=1
  until is "$file" "$2"; do
    if [ -z "$director" ]; then sleep 0.2; continue; fi
    if fetch "$2" "$file.new" && is "$file.new" "$2"; then
      chmod 755 "$file.new"
      mv "$file.new" "$file"
    else
      echo "conpaas: $1 could not be fetched from $director; trying again" >&2
      sleep "$pause"
      [ "$pause" -ge 15 ] || pause=$((pause * 2))
    fi
  done
}
# Once: whoever brings newer programs later knows what it does.
if [ ! -e "$programs/ready" ]; then
${needs.map((line) => `  ${line}`).join('\n')}
  : > "$programs/ready"
fi

run="$programs/node --disable-warning=ExperimentalWarning $programs/host.mjs --machine $machine $programs"
if [ -d /run/systemd/system ]; then
  ${unitScript({
    name: 'conpaas-host',
    description: 'ConPaaS host: keeps the control processes of this machine running',
    after: 'network-online.target',
    wants: true,
    start: '$run',
  })}
  # Not waited for: at the first boot this script is part of what "online" waits for.
  systemctl restart --no-block conpaas-host.service
  exit 0
fi

# No systemd: this script is what the machine runs. Told to end, it ends all processes as systemd would.
ends() {
  trap '' TERM INT
  kill -TERM -1
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    others=0
    for entry in /proc/[0-9]*; do
      pid=\${entry#/proc/}
      [ "$pid" = 1 ] || [ "$pid" = $$ ] || others=$((others + 1))
    done
    [ "$others" = 0 ] && break
    sleep 0.2 || true
  done
  exit 0
}
trap ends TERM INT
while :; do
  $run >> "$machine/host.log" 2>&1 &
  wait $! || true
  sleep 1 || true
done
`;
  return withinLimit(script);
}

/** The script of a machine that is there to be an image of others: the desktop's way in and nothing else. */
export function composeImageData(contact: ContactKeys): string {
  return withinLimit(`#!/bin/sh
# ConPaaS: lets in whoever makes an image of this machine.
set -eu
umask 022
mkdir -p ${programsDirectory}
${contactLines(contact)}
[ ! -d /run/systemd/system ] || exit 0
# No systemd: this script is what the machine runs.
trap 'exit 0' TERM INT
while :; do
  sleep 3600 &
  wait $! || true
done
`);
}

/** @throws ConpaasError `internal` where some cloud would not take it */
function withinLimit(script: string): string {
  const size = Buffer.byteLength(script);
  if (size < userDataLimit) return script;
  throw new ConpaasError('internal', `The first script of a machine would have ${size} bytes; clouds take 8192.`);
}

/** Words that mean nothing to a shell. */
function plain(word: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(word)) return word;
  throw new ConpaasError('internal', `${JSON.stringify(word)} cannot be put into the first script of a machine.`);
}
