/** Terminals to nodes. The bytes that travel are described in core/terminal/frames.ts. */
import { z } from 'zod';
import { NodeId } from './ids.ts';
import { method } from './method.ts';

export const TerminalParams = z.strictObject({
  node: NodeId,
  columns: z.number().int().min(1).max(1000),
  rows: z.number().int().min(1).max(1000),
});

/** Served by managers. */
export const terminalMethods = {
  open_terminal: method({
    kind: 'duplex',
    params: TerminalParams,
    result: z.void(),
    callers: ['user'],
    since: 1,
    doc: "A shell on a node, as the node's own user and in its containment. Who, when and how long is audited, what is typed never.",
  }),
};
