/** The texts of secrets. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const english = {
  columns: { name: 'Name', value: 'Value', usedBy: 'Used by' },
  nobody: 'nobody',
  whenSet: (time: string) => `set ${time}`,
  noValue: 'has no value yet',
  set: 'Set…',
  setThis: (secret: string) => `Set the value of ${secret}`,
  replace: 'Replace…',
  replaceThis: (secret: string) => `Replace the value of ${secret}`,
  newValue: (secret: string) => `New value of ${secret}`,
  save: 'Save',
  saved: (secret: string) => `${secret} has a new value; the code gets it now.`,
  delete: {
    button: 'Delete…',
    label: (secret: string) => `Delete ${secret}`,
    title: (secret: string) => `Delete ${secret}?`,
    /** @param own made for a service, which gets another one then */
    text: (usedBy: readonly string[], own: boolean) =>
      [
        'Its value is gone for good.',
        usedBy.length === 0 ? 'No service uses it.' : `Used by: ${usedBy.join(', ')}.`,
        ...(own ? ['It was made for that, and another value takes its place.'] : []),
      ].join(' '),
    action: 'Delete',
    done: (secret: string) => `${secret} is deleted.`,
  },
};

export type SecretTexts = typeof english;

const texts: Catalogue<SecretTexts> = { en: english };

export const useSecretTexts = (): SecretTexts => useCatalogue(texts);
