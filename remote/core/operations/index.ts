/** Operations with steps, deadline, cancel and retry, kept in a journal. */
export { attributed, attribution } from './attribution.ts';
export { type OperationKind, Operations, type OperationsOptions, type Step, type StepContext } from './operations.ts';
export { startedOnce } from './started-once.ts';
export { operationsTable } from './store.ts';
