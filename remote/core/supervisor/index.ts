/** Starts, watches, restarts, adopts and ends engine processes. */
export { endRecorded, recordedPids, recordedTrees } from './end.ts';
export { openLog } from './log-directory.ts';
export { createLogKeeper, type LogKeeper, type LogKeeperOptions } from './log-keeper.ts';
export { type LogPiece, type LogPlace, type LogReader, openLogReader } from './log-reader.ts';
export { patienceHere } from './patience.ts';
export { identify, isAlive, listProcesses, type ProcessIdentity, type ProcessStat, readStat } from './proc.ts';
export { openPseudoTerminal, type PseudoTerminal, type PseudoTerminalSpec } from './pseudo-terminal.ts';
export { type RunOnceResult, type RunOnceSpec, runOnce } from './run-once.ts';
export { sandboxWorks } from './sandbox.ts';
export { createSupervisor } from './supervisor.ts';
export { lastLines, linesOf, pollMs, type TailedLine, type TailOptions, tailLog } from './tail.ts';
export type * from './types.ts';
