/** What a machine that is a container is given of the kernel that it shares with all others. */

/**
 * What bubblewrap needs to keep hosted programs apart inside of a container: namespaces and mounts (CAP_SYS_ADMIN), and
 * the loopback of a namespace without network (CAP_NET_ADMIN, over this container's own network only). That is far less
 * than a privileged container has: no devices, no other capability. Hosted programs are left none of it
 * (supervisor/sandbox.ts). AppArmor's profile for containers denies mounts whatever the capabilities; Podman's seccomp
 * filter goes by the capabilities, Docker's denies pivot_root to everybody.
 */
function containment(engine: 'podman' | 'other') {
  return {
    CapAdd: ['SYS_ADMIN', 'NET_ADMIN'],
    SecurityOpt: ['apparmor=unconfined', ...(engine === 'podman' ? [] : ['seccomp=unconfined'])],
  };
}

/**
 * The bridge of a Podman with a netavark before 1.9 (Debian 12 has 1.4) has the lowest hardware address of all that is
 * plugged into it: any machine's start or end may change it, without a word to the others (containers/netavark#833). What
 * they send by way of it, to mirrors and to users, then goes to the address they know, for up to two minutes. So they
 * doubt it after a second, ask there once, and then everybody (Linux, networking/ip-sysctl: neigh). Docker's bridges keep
 * their address.
 */
const neighbours = {
  'net.ipv4.neigh.eth0.base_reachable_time_ms': '1000',
  'net.ipv4.neigh.eth0.delay_first_probe_time': '1',
  'net.ipv4.neigh.eth0.ucast_solicit': '1',
};

/** The part of a container's `HostConfig` that says so. */
export function kernelOf(engine: 'podman' | 'other') {
  return { ...containment(engine), ...(engine === 'podman' ? { Sysctls: neighbours } : {}) };
}
