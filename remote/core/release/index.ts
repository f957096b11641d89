/** Which programs these are, and which there are. */
export { directorProgram, hostProgram, installRelease } from './install.ts';
export { ownRelease, productBuild, productVersion, releaseId } from './own.ts';
export { compareVersions, type Release, readRelease, releaseFile } from './release.ts';
