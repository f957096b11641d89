/** A part of node-forge, which has types for the whole only. */
declare module 'node-forge/lib/asn1.js' {
  import type { asn1 } from 'node-forge';

  const encoding: typeof asn1;
  export = encoding;
}
