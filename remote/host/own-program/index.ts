/** The host of a machine replaces itself. */
export { guardTrial } from './guard.ts';
export { createOwnProgram, type OwnProgram } from './replace.ts';
export { becomeWanted } from './start.ts';
export { stateFileOf } from './state.ts';
