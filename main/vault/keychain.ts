/**
 * The keychain of the operating system, as the vault needs it. Only Electron's main process can reach the real one
 * (safeStorage); the hub asks it by message, the command over a socket of the user's own (`main/keychain/`).
 */
export interface Keychain {
  /** e.g. `gnome_libsecret`; for people. */
  readonly backend: string;
  /** Text that only this keychain opens again. */
  wrap(text: string): Promise<string>;
  /** @throws ConpaasError unauthenticated: another user's or computer's keychain has wrapped it */
  unwrap(wrapped: string): Promise<string>;
}

/** Finds the keychain. @throws ConpaasError unreachable: there is none, or what there is keeps secrets in plain text */
export type FindKeychain = () => Promise<Keychain>;
