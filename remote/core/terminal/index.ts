/** Terminals to nodes: what travels, and the end of it that window and command share. */
export { encodeFrame, FrameDecoder, TerminalEnd, type TerminalFrame, TerminalSize } from './frames.ts';
export { openShell, type Shell, type ShellOutcome } from './shell.ts';
