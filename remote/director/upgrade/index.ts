/** Which release each process runs, and bringing all of them to the director's. */
export { upgradeHandlers } from './handlers.ts';
export type { Told } from './members.ts';
export { upgradeKind } from './operation.ts';
export { type MemberRole, type OwnPrograms, ownPrograms } from './own-programs.ts';
