/**
 * A local host whose deployment is switched off, and which nobody asks for anything, has nothing to look after: it ends.
 * Whoever wakes a host while another command stops its deployment (a window that quits) leaves no process behind so.
 */

/** So long nothing is asked of it, ms. Whoever wants a host that has ended starts it again: that takes a moment. */
const idleMs = 3000;
const everyMs = 500;

export interface IdleWatch extends Disposable {
  /** Somebody has asked for something. */
  touched(): void;
}

/**
 * @param isOff whether the deployment is switched off and nothing of it runs
 * @param idle called once
 */
export function watchIdle(isOff: () => boolean, idle: () => void): IdleWatch {
  let last = performance.now();
  const timer = setInterval(() => {
    if (!isOff()) last = performance.now();
    if (performance.now() - last < idleMs) return;
    clearInterval(timer);
    idle();
  }, everyMs);
  return {
    touched() {
      last = performance.now();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
