/** The life of a control process. */
export { type ProcessContext, productVersion, runProcess } from './run-process.ts';
