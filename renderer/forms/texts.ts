/** The texts of forms that are made from a schema. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';

const english = {
  hints: { list: 'One a line.', pairs: 'KEY=VALUE, one a line.', json: 'JSON.' },
  notSet: 'not set',
  byDefault: (value: string) => `default (${value})`,
  yes: 'yes',
  no: 'no',
  problems: {
    needed: 'This is needed.',
    oneOf: (choices: readonly unknown[]) => `One of ${choices.join(', ')} is expected.`,
    notJson: (why: string) => `This is not JSON: ${why}`,
    integer: 'A whole number is expected.',
    number: 'A number is expected.',
    least: (least: number) => `${least} or more is expected.`,
    most: (most: number) => `${most} or less is expected.`,
    short: (least: number) => `${least} characters or more are expected.`,
    long: (most: number) => `${most} characters or fewer are expected.`,
    other: (description: string) => `This does not fit: ${description}`,
    pattern: (pattern: string) => `This does not fit the pattern ${pattern}.`,
    pair: (line: string) => `${line}: KEY=VALUE is expected, one a line.`,
    /** Of one among several: which, and what is wrong with it. */
    of: (what: string, problem: string) => `${what}: ${problem}`,
  },
};

export type FormTexts = typeof english;

const texts: Catalogue<FormTexts> = { en: english };

export const useFormTexts = (): FormTexts => useCatalogue(texts);
export const formTexts = (): FormTexts => textsOf(texts);
