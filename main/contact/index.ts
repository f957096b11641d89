/** The first contact with machines of real clouds, by SSH. */
export { type ContactOptions, createContact } from './contact.ts';
export { ContactRecord, type ContactStore } from './keys.ts';
