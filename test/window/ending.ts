/** What a test has started and must end, also when it is cut short: its `await using` does not run then. */

/** In the order of starting. */
const open: (() => Promise<void>)[] = [];

/**
 * Notes that something runs.
 * @param end ends it
 * @returns ends it once, however often it is called; what is not ended by the test is by `endStartedFromHere`
 */
export function started(end: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  const once = (): Promise<void> => {
    ended ??= end().finally(() => {
      const index = open.indexOf(once);
      if (index >= 0) open.splice(index, 1);
    });
    return ended;
  };
  open.push(once);
  return once;
}

/**
 * Remembers what runs now, as what a whole file shares: it is ended by its `afterAll`.
 * @returns ends what was started since and still runs, the newest first; throws AggregateError with all that could not
 * be ended
 */
export function endStartedFromHere(): () => Promise<void> {
  const shared = new Set(open);
  return async () => {
    const failures: unknown[] = [];
    for (const end of open.filter((one) => !shared.has(one)).reverse()) {
      await end().catch((thrown: unknown) => failures.push(thrown));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything that the test started could be ended');
  };
}

/** The start of the names of this run's data directories, by which its processes are known (`nothing-left.ts`). */
export function ofThisRun(): string {
  return `conpaas-window-${process.env['CONPAAS_WINDOW_RUN'] ?? ''}`;
}
