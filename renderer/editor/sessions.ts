/** The manifests being edited in this window, by their id, and how one is opened. */
import type { DocumentSource } from '../../main/hub/protocol.ts';
import { hub } from '../hub/client.ts';
import { EditingSession } from './session.ts';

const sessions = new Map<string, EditingSession>();

/** The session of a document; the hub is asked for it where this window has none. */
export async function sessionOf(id: string): Promise<EditingSession> {
  const there = sessions.get(id);
  if (there) return there;
  const document = await hub.call('read_document', { document: id });
  return sessions.get(id) ?? begin(new EditingSession(document));
}

/** Opens what the user has chosen. A document that is being edited already is shown as it is. */
export async function openSession(source: DocumentSource): Promise<EditingSession> {
  const document = await hub.call('open_document', { source });
  const there = sessions.get(document.id);
  // The hub's text may be older than what was typed here a moment ago.
  if (there && (!there.isKept || there.snapshot().text === document.text)) return there;
  there?.end();
  return begin(new EditingSession(document));
}

function begin(session: EditingSession): EditingSession {
  sessions.set(session.id, session);
  return session;
}

/** @returns what takes it back, for as long as the hub lives */
export async function discardSession(id: string): Promise<() => Promise<void>> {
  await hub.call('discard_document', { document: id });
  const text = sessions.get(id)?.snapshot().text;
  sessions.get(id)?.end();
  sessions.delete(id);
  return async () => {
    await hub.call('restore_document', { document: id });
    if (text !== undefined) await hub.call('keep_document', { document: id, text });
  };
}

function keepAll(): void {
  for (const session of sessions.values()) if (!session.isKept) void session.keep();
}

// A new hub after the old one ended, and the last moment of this page: what was typed a moment ago goes there now.
hub.onConnect(keepAll);
window.addEventListener('pagehide', keepAll);
document.addEventListener('visibilitychange', keepAll);
