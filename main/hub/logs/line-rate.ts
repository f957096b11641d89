/** Lines a second, measured over about a second. */

const measuredSeconds = 0.8;

export class LineRate {
  #at = Date.now();
  #received = 0;
  #lines = 0;

  /** Other logs are counted from now on. @param received lines that came of them so far */
  restart(received: number): void {
    this.#received = received;
  }

  /** @param received lines that came so far */
  measure(received: number): number {
    const now = Date.now();
    const seconds = (now - this.#at) / 1000;
    if (seconds >= measuredSeconds) {
      this.#lines = Math.max(0, Math.round((received - this.#received) / seconds));
      this.#at = now;
      this.#received = received;
    }
    return this.#lines;
  }
}
