/** What was thrown while something was drawn, as a failure to show. Pure. */
import type { Failure } from '../../remote/core/contract/errors.ts';
import { componentTexts } from './texts/common.ts';

/** Whether code could not be fetched. The browser remembers that: only opening the window anew fetches it again. */
export function isNotLoaded(thrown: unknown): boolean {
  return thrown instanceof TypeError && /dynamically imported module|module script/i.test(thrown.message);
}

/** Our own words first; what was thrown stands behind Details, for whoever reports it. */
export function drawingFailure(thrown: unknown): Failure {
  const texts = componentTexts().contained;
  const carried = thrown instanceof Error && 'failure' in thrown ? (thrown.failure as Failure) : undefined;
  if (carried) return carried;
  const name = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  if (isNotLoaded(thrown)) {
    return {
      code: 'internal',
      message: texts.notLoaded,
      log: [name],
    };
  }
  const lines = thrown instanceof Error ? (thrown.stack ?? '').split('\n').slice(1, 12) : [];
  return {
    code: 'internal',
    message: texts.notDrawn,
    log: [name, ...lines.map((line) => line.trim())],
  };
}
