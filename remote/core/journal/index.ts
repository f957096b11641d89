/** Durable state of director, manager and agent. */
export { type Journal, type JournalOptions, openJournal } from './journal.ts';
