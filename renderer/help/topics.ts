/** The topics of the help: which there are, in the language in force, and which are about what is sought. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import type { Content } from './topic-texts/content.ts';
import { english } from './topic-texts/english.ts';

export type { Block } from './topic-texts/content.ts';

/** As in the address. */
export type TopicId = keyof typeof english;

export interface Topic extends Content {
  readonly id: TopicId;
}

/** Each language has a document of its own with all of them, in its own order. */
const documents: Catalogue<Readonly<Record<TopicId, Content>>> = { en: english };

export const useTopics = (): readonly Topic[] => topicsOf(useCatalogue(documents));
export const topics = (): readonly Topic[] => topicsOf(textsOf(documents));

function topicsOf(document: Readonly<Record<TopicId, Content>>): readonly Topic[] {
  return Object.entries(document).map(([id, content]) => ({ id: id as TopicId, ...content }));
}

/** The topics that hold every word of what is sought; all of them where nothing is. Pure. */
export function findTopics(sought: string, all: readonly Topic[]): readonly Topic[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((topic) => {
    const whole = textOf(topic).toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

function textOf({ title, blocks }: Topic): string {
  const texts = blocks.map((block) => (block.kind === 'steps' ? block.steps.join('\n') : block.text));
  return [title, ...texts].join('\n');
}
