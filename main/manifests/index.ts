export { type Deployable, openDeployable } from './deployable.ts';
/** Manifests on the user's side: local files are read, packed and uploaded here. */
export { digestLocalFiles, type LocalArchive, localArchive, type UploadProgress, uploadLocalFiles } from './upload.ts';
