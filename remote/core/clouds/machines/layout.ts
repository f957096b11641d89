/** Where things of ours are on a VM of a real cloud. */

/** Runtime and bundles, by name; root's, readable by all. */
export const programsDirectory = '/opt/conpaas';
/** Of the host: its list, its socket, the homes of control processes. 0700. */
export const hostDirectory = '/var/lib/conpaas/machine';
