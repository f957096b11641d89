/** Ports that a cloud's firewall lets in from anywhere; everything else is for machines of the deployment only. */

/** HTTP and HTTPS of applications. */
export const userPorts: readonly number[] = [80, 443];
/** Where a director serves, if it can: the number the original's front end used to have. */
export const directorPort = 5555;
/** Of the desktop: the director, and the first contact by SSH. */
const desktop = [directorPort, 22] as const;

export const openPorts: readonly number[] = [...userPorts, ...desktop];

/** Where managers serve, if they can: a director on another cloud reaches them there, and proves by its certificate who it is. */
export const managerPort = 5556;

/**
 * What a provider's firewall lets in.
 * @param further the deployment's director is on another cloud, and calls managers from outside
 */
export function providerPorts(further = false): readonly number[] {
  return further ? [...openPorts, managerPort] : openPorts;
}
