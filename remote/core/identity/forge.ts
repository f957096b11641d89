/**
 * node-forge, loaded when first needed (about 20 MB): an agent asks for a certificate with its part that encodes, and never
 * pays for the rest. It only builds and encodes; signing is native, which takes 1.5 ms where forge's own arithmetic takes
 * 31 (measured, RSA-2048).
 */
import type forge from 'node-forge';

export type Forge = typeof forge;

let loading: Promise<Forge> | undefined;
let loadingAsn1: Promise<Forge['asn1']> | undefined;

export function loadForge(): Promise<Forge> {
  loading ??= import('node-forge').then((module) => module.default);
  return loading;
}

/** Its reader and writer of DER (X.690) alone. */
export function loadAsn1(): Promise<Forge['asn1']> {
  loadingAsn1 ??= import('node-forge/lib/asn1.js').then((module) => module.default);
  return loadingAsn1;
}

/**
 * What a BIT STRING of whole bytes holds, as a binary string; undefined where it is something else. forge's own `value` of
 * it is what it takes the bits for, which its types do not tell.
 */
export function bitsOf(value: forge.asn1.Asn1 | undefined): string | undefined {
  const contents = (value as { bitStringContents?: string } | undefined)?.bitStringContents;
  return contents?.startsWith('\0') ? contents.slice(1) : undefined; // the first byte counts the bits that are not used
}
