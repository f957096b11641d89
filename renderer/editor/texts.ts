/** The texts of the manifest editor, apart from those of its form and of what is wrong with a text. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

/** What CodeMirror itself says, by its own phrases. See https://codemirror.net/examples/translate/ */
const codeMirror = {
  'Control character': 'Control character',
  'Selection deleted': 'Selection deleted',
  Completions: 'Completions',
  Diagnostics: 'Diagnostics',
  'No diagnostics': 'No diagnostics',
  'Go to line': 'Go to line',
  go: 'go',
  Find: 'Find',
  Replace: 'Replace',
  next: 'next',
  previous: 'previous',
  all: 'all',
  'match case': 'match case',
  'by word': 'by word',
  regexp: 'regexp',
  replace: 'replace',
  'replace all': 'replace all',
  close: 'close',
  'current match': 'current match',
  'on line': 'on line',
  'replaced $ matches': 'replaced $ matches',
  'replaced match on line $': 'replaced match on line $',
};

const english = {
  start: {
    title: 'Manifests',
    make: 'New manifest',
    failed: 'It could not be opened',
    drafts: 'Drafts',
    recent: 'Recent files',
    readyMade: 'Ready-made',
    drop: 'Drop a manifest here',
    dropWrong: 'Drop a manifest (a .json or .conpaas file) here.',
    openFile: 'Open a file…',
    discard: (name: string) => `Discard ${name}`,
    discarded: (name: string) => `The draft of ${name} was discarded.`,
    about: (origin: string, time: string) => `${origin} · ${time}`,
    origins: {
      file: (folder: string) => `in ${folder}`,
      application: 'manifest of an application',
      ready_made: 'from a ready-made one',
      text: 'not saved to a file',
    },
  },
  tab: {
    failed: 'The manifest could not be read',
    discard: 'Discard my changes',
    discarded: 'Your changes were discarded.',
  },
  actions: {
    save: 'Save the manifest to its file',
    saveAs: 'Save the manifest to another file…',
    plan: 'Plan the manifest',
    apply: 'Apply the manifest',
    format: 'Format the manifest',
    copyAs: (command: string) => `Copy as ${command}`,
  },
  bar: {
    beside: 'Beside the text',
    form: 'Form',
    picture: 'Picture',
    plan: 'Plan',
    apply: 'Apply',
    planHint: (keys: string) => `${keys}. Nothing is applied before you have seen the plan.`,
    format: 'Format',
    save: 'Save',
    saveToFile: 'Save to a file…',
    copyCommand: 'Copy as command',
    copied: 'Copied.',
  },
  saved: (file: string) => `Saved to ${file}.`,
  notSaved: 'It was not saved',
  savedElsewhere: (why: string) => `${why} Look at the difference above, or retry to overwrite the file.`,
  notices: {
    restored: (time: string) => `This is what you had typed until ${time}; it was neither saved nor applied yet.`,
    good: 'Good',
    notKept: 'What you type is not kept now',
    applicationChanged: 'The application was changed meanwhile. Your text is as you left it.',
    fileChanged: 'The file was changed meanwhile. Your text is as you left it.',
    showDifference: 'Show the difference',
    takeTheirs: 'Take theirs',
    keepMine: 'Keep mine',
    takeAll: 'Take all of theirs',
    keepAll: 'Keep all of mine',
    differences: (left: number, most: number) =>
      `${left} of ${countText(most, 'difference')} left. Red is theirs, green is yours; choose at each place in the text.`,
    show: (director: string) => `Show ${director}`,
    elsewhere: (director: string, shown: string) =>
      `This application runs at ${director}, and the window shows ${shown}. It is planned and applied there.`,
    anotherDirector: 'another director',
    directorGone:
      'The director of this application is not there any more. Save the text to a file to use it elsewhere.',
  },
  plan: {
    label: 'Plan of the manifest',
    text: 'The plan tells what applying this text would create, change and remove. Nothing happens before you apply it.',
    old: 'The text was changed since this plan was made.',
    make: 'Make the plan',
    again: 'Plan again',
    apply: 'Apply the changes',
    create: 'Create',
    none: 'There is no plan',
    notApplied: 'It was not applied',
    changedMeanwhile: (name: string) => `${name} was changed meanwhile. Look at the difference, then apply again.`,
    applied: 'Applied. It runs.',
    appliedAt: (address: string) => `Applied. It runs at ${address}`,
    show: 'Show the application',
    back: 'Back to the plan',
  },
  picture: {
    label: 'Picture of the manifest',
    empty: 'There are no services yet.',
    old: 'As it was when the text could be read last.',
    needs: (services: readonly string[]) => `needs ${services.join(', ')}`,
    text: 'A line leads from a service to what it needs. Click a box to see it in the text.',
  },
  problems: {
    label: 'Problems',
    count: (count: number) => (count === 0 ? 'No problems' : countText(count, 'problem')),
    place: (line: number, column: number) => `line ${line}:${column}`,
    warning: 'warning',
  },
  text: {
    label: 'Text of the manifest',
    description: 'To leave it by keyboard press Escape, then Tab. Ctrl Space proposes what can stand here.',
    expected: (what: string) => `Expected: ${what}`,
    default: (value: string) => `Default: ${value}`,
  },
  codeMirror,
};

export type EditorTexts = typeof english;

const texts: Catalogue<EditorTexts> = { en: english };

export const useEditorTexts = (): EditorTexts => useCatalogue(texts);
export const editorTexts = (): EditorTexts => textsOf(texts);
