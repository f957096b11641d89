/** Manifests on the user's side: local files are read, packed and uploaded here. */
export { type Deployable, openDeployable } from './deployable.ts';
export {
  digestLocalFiles,
  type LocalArchive,
  localArchive,
  missingLocalFiles,
  type UploadProgress,
  uploadLocalFiles,
} from './upload.ts';
