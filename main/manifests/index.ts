/** Manifests on the user's side: local files are read, packed and uploaded here. */
export { type LocalArchive, localArchive, type UploadProgress, uploadLocalFiles } from './upload.ts';
