/** Manifests: read, check, plan, export. */
export { duplicateManifest, referredSecrets } from './duplicate.ts';
export { exportManifest } from './export.ts';
export { manifestJsonSchema, writeManifestSchema } from './json-schema.ts';
export { type MachinePlan, planMachines } from './machines.ts';
export { parseManifest, validateManifest } from './parse.ts';
export { extractPasswords, type Passwords, passwordSecret } from './passwords.ts';
export { planManifest } from './plan.ts';
export { activeVersion, countNodes, recordedKeys, recordedPassword } from './recorded.ts';
export { manifestSchema, type ServiceSpecs } from './schema.ts';
export { type ServiceSettings, settingsOf } from './settings.ts';
export {
  type ClassifiedSource,
  classifySource,
  describeSource,
  type LocalPath,
  localPaths,
  refuseLocalPaths,
  replaceSource,
  sameSource,
} from './source.ts';
export { suggest } from './suggest.ts';
export type {
  BlobSource,
  CheckedManifest,
  Manifest,
  ManifestHealthCheck,
  ManifestService,
  SecretReference,
  Source,
} from './types.ts';
export { environmentName } from './wiring.ts';
