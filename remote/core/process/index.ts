/** The life of a control process, and its place in the deployment. */
export { type DirectorPlace, type KnownPlace, openDirectorPlace, placeFile, readPlace } from './director-place.ts';
export { type DirectorClient, type Greeting, type Membership, openMembership } from './membership.ts';
export { type ProcessContext, runProcess } from './run-process.ts';
