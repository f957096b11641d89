/**
 * The desktop's way into a machine at its first contact: an sshd with one user, one key that is let in, and a host key
 * that was known before the machine was, so nothing is trusted on first use. It replaces the distribution's own sshd.
 */
import { ConpaasError } from '../../contract/errors.ts';
import { unitScript } from './systemd-unit.ts';
import type { Transport } from './transport.ts';

/** Where its files are on a machine. 0700. */
export const contactDirectory = '/var/lib/conpaas/contact';
/** The distribution's sshd. */
export const sshd = '/usr/sbin/sshd';

/** What user-data gives to a machine. */
export interface ContactKeys {
  /** For one use: replaced at the first contact, and worth nothing then. OpenSSH's format. */
  readonly hostKey: string;
  /** A line of `authorized_keys`. */
  readonly authorizedKey: string;
}

/** A machine to get into. */
export interface Contacted {
  readonly name: string;
  /** Where it can be reached now; undefined: that is not known yet. */
  readonly host: string | undefined;
  /** How many times as long as elsewhere it may take to boot; absent: once. */
  readonly patience?: number | undefined;
}

/** What a desktop brings to make machines that it can get into. */
export interface Contact {
  /** For a machine that is going to be made under that name. The same ones until it was contacted. */
  keys(name: string): Promise<ContactKeys>;
  /** @param find the machine with an id of the cloud; undefined: it is gone */
  transport(find: (server: string, signal: AbortSignal) => Promise<Contacted | undefined>): Transport;
}

/** `sshd_config`, of OpenSSH 8 and later. */
export function sshdConfig(options: {
  readonly directory: string;
  readonly user: string;
  /** Address and port; sshd's own defaults where absent. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Where sshd runs as root: accounts without a password count as locked otherwise. */
  readonly pam: boolean;
}): string {
  const { directory, user, listen, pam } = options;
  return [
    ...(listen ? [`Port ${listen.port}`, `ListenAddress ${listen.host}`] : []),
    `HostKey ${directory}/host_key`,
    `PidFile ${directory}/sshd.pid`,
    `AuthorizedKeysFile ${directory}/authorized_keys`,
    'AuthenticationMethods publickey',
    'PermitRootLogin prohibit-password',
    `AllowUsers ${user}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `UsePAM ${pam ? 'yes' : 'no'}`,
    'DisableForwarding yes',
    'PermitTTY no',
    'PermitUserRC no',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

/**
 * The script that replaces the host key, in two steps with the desktop's record between them: a crash anywhere leaves a
 * key that the desktop knows. `prepare` prints the public half of the next one; `commit` puts it in place. On a slow machine
 * a step may still run when the desktop has lost its connection and asks for it again: both halves come into place as one
 * directory, of the first that was made. sshd needs no file with the public half, and refuses a key beside another's.
 */
export function rotationScript(directory: string): string {
  return `#!/bin/sh
set -eu
umask 077
cd ${directory}
case "$1" in
prepare)
  if [ ! -e next ]; then
    made=$(mktemp -d made.XXXXXX)
    ssh-keygen -q -t ed25519 -N '' -C '' -f $made/key
    mv -T $made next 2> /dev/null || rm -r $made
  fi
  cat next/key.pub ;;
commit)
  [ ! -e next/key ] || mv next/key host_key
  kill -HUP "$(cat sshd.pid)" ;;
esac
`;
}

/** The lines of user-data that open this way in; before anything that waits. */
export function contactLines({ hostKey, authorizedKey }: ContactKeys): string {
  const encoded = (text: string): string =>
    Buffer.from(text)
      .toString('base64')
      .replace(/(.{120})/g, '$1\n');
  if (!/^ssh-ed25519 [A-Za-z0-9+/=]+$/.test(authorizedKey)) {
    throw new ConpaasError('internal', 'That is no public key to let in.');
  }
  const file = (name: string, content: string): string => `  base64 -d > ${name} <<'END'\n${encoded(content)}\nEND\n`;
  return `
# The way in for the desktop: until it has come once, with a host key that it made. What the desktop has replaced stays.
contact=${contactDirectory}
mkdir -p /run/sshd
if [ ! -e $contact/sshd_config ]; then (
  umask 077
  mkdir -p $contact
  cd $contact
${file('host_key', hostKey)}${file('authorized_keys', `${authorizedKey}\n`)}${file('rotate', rotationScript(contactDirectory))}${file(
  'sshd_config.new',
  sshdConfig({ directory: contactDirectory, user: 'root', pam: true }),
)}  mv sshd_config.new sshd_config
); fi
if [ -d /run/systemd/system ]; then
  ${unitScript({
    name: 'conpaas-ssh',
    description: "ConPaaS: the desktop's way in",
    after: 'network.target',
    start: `${sshd} -D -f $contact/sshd_config`,
    service: ['RuntimeDirectory=sshd', 'RuntimeDirectoryPreserve=yes'],
  })}
  for unit in ssh.socket ssh.service sshd.service; do
    ! systemctl is-enabled -q $unit 2> /dev/null || systemctl disable --now $unit 2> /dev/null || true
  done
  systemctl start --no-block conpaas-ssh.service
else
  # A container has no sessions that PAM could open.
  ${sshd} -f $contact/sshd_config -o UsePAM=no
fi
`;
}
