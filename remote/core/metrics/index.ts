/** What processes and directories use, as the kernel counts it. */
export { directorySize } from './disk.ts';
export { createMeter, type Meter, type TreeUse } from './processes.ts';
