/** What an ACME authority for tests is. */
export interface Authority extends AsyncDisposable {
  /** URL of its directory; its HTTPS is trusted by `root`. */
  readonly directory: string;
  /** PEM. */
  readonly root: string;
  /** PEM of what its certificates are to be verified with. */
  issuer(): Promise<string>;
  /** Where a name leads to, as the authority sees it; undefined: nowhere. */
  point(name: string, address: string | undefined): Promise<void>;
}

/** A name that it does not certify, as a policy of its own. */
export const blockedName = 'blocked.conpaas.eu';

export interface LocalTls {
  readonly root: string;
  readonly key: string;
  readonly certificate: string;
}
