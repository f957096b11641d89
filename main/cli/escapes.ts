/**
 * The way out of `conpaas shell`: as in ssh, `~.` at the start of a line leaves, whatever the shell does, `~?` tells, and
 * `~~` sends one `~`.
 */
export interface Typed {
  /** What goes to the node. */
  readonly bytes: Buffer;
  readonly action?: 'leave' | 'help';
}

const tilde = '~'.charCodeAt(0);
const question = '?'.charCodeAt(0);
const dot = '.'.charCodeAt(0);
const newlines = new Set(['\r'.charCodeAt(0), '\n'.charCodeAt(0)]);

export class Escapes {
  #atStart = true;
  #pending = false;

  /** What of the typed bytes goes to the node, and what it asks for. Nothing after `~.` is sent. */
  take(typed: Uint8Array): Typed {
    const out: number[] = [];
    let action: Typed['action'];
    for (const byte of typed) {
      if (this.#pending) {
        this.#pending = false;
        if (byte === dot) return { bytes: Buffer.from(out), action: 'leave' };
        if (byte === question) {
          action = 'help';
          continue;
        }
        out.push(tilde);
        if (byte === tilde) {
          this.#atStart = false;
          continue;
        }
      } else if (this.#atStart && byte === tilde) {
        this.#pending = true;
        continue;
      }
      out.push(byte);
      this.#atStart = newlines.has(byte);
    }
    return { bytes: Buffer.from(out), ...(action && { action }) };
  }
}
