/** Operations with steps, deadline, cancel and retry, kept in a journal. */
export { attributed, attribution } from './attribution.ts';
export type { OperationKind, Step, StepContext } from './kind.ts';
export { Operations, type OperationsOptions } from './operations.ts';
export { startedOnce } from './started-once.ts';
export { operationsTable } from './store.ts';
