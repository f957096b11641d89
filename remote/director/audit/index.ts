/** Who changed what, and what happened. */

export { type Audit, openAudit } from './audit.ts';
export { whoIs } from './audited.ts';
