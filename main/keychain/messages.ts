/**
 * What the command and the running app say to each other over the app's socket, a line of JSON each:
 *
 *     app      {"prove": "<nonce>"}             make a file of this name beside the socket: only the user can
 *     command  {"ask": "unwrap", "text": "…"}   and the app looks who owns that file
 *     app      {"backend": "…", "text": "…"} | {"failure": {…}}
 *
 * Node tells nobody the uid at the other end of a socket. What it can tell is the owner of a file: D-Bus proves users
 * the same way (DBUS_COOKIE_SHA1).
 */
import path from 'node:path';
import { z } from 'zod';
import { Failure } from '../../remote/core/contract/errors.ts';

export const Challenge = z.object({ prove: z.string().regex(/^[0-9a-f]{32}$/) });
export const Question = z.strictObject({
  ask: z.enum(['backend', 'wrap', 'unwrap']),
  text: z.string().max(16_384),
});
export type Question = z.infer<typeof Question>;
export const Answer = z.union([z.object({ backend: z.string(), text: z.string() }), z.object({ failure: Failure })]);
export type Answer = z.infer<typeof Answer>;

export const socketName = 'socket';
/** The directory (0700) of the socket and of the files that prove who asks. */
export const socketDirectory = (dataDirectory: string): string => path.join(dataDirectory, 'keychain');
export const proofName = (nonce: string): string => `proof-${nonce}`;
/** A line longer than this is no message of ours, characters. */
export const longestLine = 32_768;
