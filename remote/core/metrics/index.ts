/** What processes and directories use, as the kernel counts it, and what can be told of a node. */
export { createDiskMeter, type DiskMeter, directorySize } from './disk.ts';
export {
  type FigureKind,
  type FigureSpec,
  type FigureUnit,
  figuresOf,
  nodeFigures,
  sampleSeconds,
} from './figures.ts';
export { createLogSampler, type LogSample, type LogSampler, percentiles, sampleBytes } from './log-sample.ts';
export { createMeter, type Meter, type TreeUse } from './processes.ts';
export { createRates, type Rates } from './rates.ts';
