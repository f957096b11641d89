/**
 * A sentence in which some values are elements, such as a link or a piece of code. The catalogue has it whole, as a
 * function of texts like any other, so that each language puts them where it must.
 */
import { Fragment, type ReactNode } from 'react';

export interface WordedProps<Marks extends readonly string[]> {
  /** The entry of the catalogue; it is given a mark in place of each element. */
  readonly text: (...marks: Marks) => string;
  /** The elements, in the order of its parameters. */
  readonly values: { readonly [Index in keyof Marks]: ReactNode };
}

export function Worded<Marks extends readonly string[]>({ text, values }: WordedProps<Marks>) {
  const marks = values.map((_value, index) => markOf(index)) as unknown as Marks;
  return partsOf(text(...marks), values.length).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence are what they are by their place
    <Fragment key={index}>{typeof part === 'number' ? values[part] : part}</Fragment>
  ));
}

/** The first of Unicode's characters for private use, which no text of ours has. */
const firstMark = 0xe000;

export function markOf(index: number): string {
  return String.fromCharCode(firstMark + index);
}

/** A text cut at its marks, each given as its number; what looks like one but is none stays text. Pure. */
export function partsOf(text: string, count: number): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  let words = '';
  for (const character of text) {
    const index = (character.codePointAt(0) ?? 0) - firstMark;
    if (index < 0 || index >= count) {
      words += character;
      continue;
    }
    if (words !== '') parts.push(words);
    parts.push(index);
    words = '';
  }
  if (words !== '') parts.push(words);
  return parts;
}
