/**
 * What this very program is. The build writes it into each bundle (`scripts/build/release.mjs`); a program that runs from
 * its sources has no build.
 */
declare const CONPAAS_VERSION: string;
declare const CONPAAS_BUILD: string;

/** Version of the product, for people: `1.2.0`. */
export const productVersion: string = typeof CONPAAS_VERSION === 'undefined' ? '0.0.0' : CONPAAS_VERSION;

/** Identifies the sources that the bundles were built from; bundles of one build belong together. */
export const productBuild: string = typeof CONPAAS_BUILD === 'undefined' ? 'source' : CONPAAS_BUILD;

/** Names a set of bundles, also as a directory: `1.2.0-3f2a9c1d7e21`. */
export const ownRelease = releaseId(productVersion, productBuild);

export function releaseId(version: string, build: string): string {
  return `${version}-${build}`;
}
