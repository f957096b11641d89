/** The original's plain-text Password leaves the manifest before anything is stored. */
import type { Manifest, ManifestService, SecretReference } from './types.ts';
import { environmentName } from './wiring.ts';

export interface Passwords {
  /** The manifest with a reference in the place of each password. */
  readonly manifest: Manifest;
  /** Values by name of secret; store them as secrets, never in a journal. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Name of the secret that takes the Password of a service: `MY_DB_PASSWORD` for `my-db`. */
export function passwordSecret(serviceName: string): string {
  return `${environmentName(serviceName)}_PASSWORD`;
}

/** Takes plain-text passwords out of a manifest. */
export function extractPasswords(manifest: Manifest): Passwords {
  const secrets: Record<string, string> = {};
  const services = manifest.Services.map((service): ManifestService => {
    if (typeof service.Password !== 'string') return service;
    const name = passwordSecret(service.ServiceName);
    secrets[name] = service.Password;
    const reference: SecretReference = { Secret: name };
    return { ...service, Password: reference };
  });
  return { manifest: { ...manifest, Services: services }, secrets };
}
