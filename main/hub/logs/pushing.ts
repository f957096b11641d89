/** When a page is told: at most once a frame, and not before it has drawn what it was told last. */
import { setTimeout as delay } from 'node:timers/promises';

/** Between two pushes, ms: about a frame. */
export const frameMs = 33;
/** What has nothing new says so now and then: rates and lags go down. */
const quietMs = 1_000;

export class Pushing implements Disposable {
  readonly #push: () => Promise<void>;
  readonly #closing = new AbortController();
  /** One push at a time is on its way; the first when the page has said that it knows the view. */
  #drawn = false;
  #changed = true;
  #wake: (() => void) | undefined;

  /** @param push tells the page; must not throw */
  constructor(push: () => Promise<void>) {
    this.#push = push;
    void this.#run();
  }

  /** The page has drawn what it was told last. */
  drawn(): void {
    this.#drawn = true;
    this.#wake?.();
  }

  /** There is something to tell. */
  isNew(): void {
    this.#changed = true;
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      if (!this.#drawn || !this.#changed) {
        await this.#woken();
        if (!this.#drawn) continue;
      }
      if (signal.aborted) return;
      this.#changed = false;
      this.#drawn = false;
      await this.#push();
      await delay(frameMs, undefined, { signal }).catch(() => undefined); // closed: the loop ends
    }
  }

  async #woken(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, quietMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
