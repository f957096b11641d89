/** What is wrong with the text of a manifest, and what can stand in it. */
import { type Catalogue, textsOf } from '../../texts/catalogue.ts';

/** The words of the hub's checker, whose code a page may not import; a test holds them together. */
const syntax: Readonly<Record<string, string>> = {
  InvalidSymbol: 'This is not JSON: a value is expected (words are true, false and null; texts stand in double quotes)',
  InvalidNumberFormat: 'This is not a number',
  PropertyNameExpected: 'A key in double quotes is expected (JSON allows no comma after the last entry)',
  ValueExpected: 'A value is expected (JSON allows no comma after the last entry)',
  ColonExpected: 'A colon is expected between key and value',
  CommaExpected: 'A comma is expected between two entries',
  CloseBraceExpected: 'A closing brace } is missing',
  CloseBracketExpected: 'A closing bracket ] is missing',
  EndOfFileExpected: 'The document ends before this; nothing may follow',
  InvalidCommentToken: 'JSON allows no comments',
  UnexpectedEndOfComment: 'JSON allows no comments',
  UnexpectedEndOfString: 'A text is not closed: its second double quote is missing on this line',
  UnexpectedEndOfNumber: 'This is not a number',
  InvalidUnicode: 'After \\u four hexadecimal digits are expected',
  InvalidEscapeCharacter: 'This escape is not known; a backslash is written \\\\',
  InvalidCharacter: 'This character is not allowed in a text; write it as an escape, e.g. \\n',
};

const english = {
  syntax,
  empty: 'The text is empty',
  notJson: 'This is not JSON',
  roleNotKnown: (role: string) => `Role "${role}" is not known here`,
  keyNotKnown: (key: string) => `Key "${key}" is not known here`,
  missing: (key: string) => `"${key}" is missing`,
  typeNotKnown: (type: string, known: readonly string[]) =>
    `Type "${type}" is not known here; it can be ${known.join(', ')}`,
  typeMissing: (known: readonly string[]) => `"Type" is missing; it can be ${known.join(', ')}`,
  notAsItShouldBe: 'This is not written as it should be',
  wrong: 'This is wrong',
  expected: (what: string) => `Expected: ${what}`,
  /** What a value should be. */
  values: {
    or: (each: readonly string[]) => each.join(' or '),
    integer: 'a whole number',
    integerFrom: (least: number, most: number) => `a whole number from ${least} to ${most}`,
    number: 'a number',
    numberFrom: (least: number, most: number) => `a number from ${least} to ${most}`,
    text: 'a text',
    boolean: 'true or false',
    list: 'a list',
    object: 'an object',
  },
  /** A service that has neither name nor type yet. */
  unnamed: 'service',
  /** What is proposed while typing. */
  proposals: { service: 'service', cloud: 'cloud', default: 'default' },
};

export type ProblemTexts = typeof english;

const texts: Catalogue<ProblemTexts> = { en: english };

export const problemTexts = (): ProblemTexts => textsOf(texts);
