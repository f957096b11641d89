/** How the set-up talks: one plain line a step, and failures that say what to do. Node built-ins only. */

/** A failure with a message for a person; shown without a stack. */
export class SetupError extends Error {}

const started = performance.now();

/** Prints a progress line. @param {string} text */
export function say(text) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  console.log(`${seconds} s  ${text}`);
}
