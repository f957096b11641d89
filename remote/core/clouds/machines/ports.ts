/** Ports that a cloud's firewall lets in from anywhere; everything else is for machines of the deployment only. */

/** HTTP and HTTPS of applications. */
const people = [80, 443] as const;
/** Of the desktop: the director, and the first contact by SSH. */
const desktop = [5555, 22] as const;

export const openPorts: readonly number[] = [...people, ...desktop];

/** Where managers serve, if they can: a director on another cloud reaches them there, and proves by its certificate who it is. */
export const managerPort = 5556;

/** At clouds of providers, where a director may drive machines that are not in its network. */
export const providerPorts: readonly number[] = [...openPorts, managerPort];
