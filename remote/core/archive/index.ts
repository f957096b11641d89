/** Code archives: list, unpack, pack, lay one over the other. Archives are hostile until read to their end. */
export { type ExtractOptions, extractArchive } from './extract.ts';
export {
  type FolderPlan,
  hashItems,
  type LeftOut,
  type MissingPackages,
  missingPackages,
  planFolder,
} from './folder.ts';
export { type ArchiveFile, type ArchiveListing, inspectArchive } from './inspect.ts';
export { type ArchiveLimits, defaultLimits } from './limits.ts';
export { mergeArchives } from './merge.ts';
export type { ArchiveFormat } from './open.ts';
export { type PackedArchive, type PackOptions, packDirectory, packPlan } from './pack.ts';
