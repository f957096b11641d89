export { collectDiagnostics } from './collect.ts';
export { redact } from './redact.ts';
