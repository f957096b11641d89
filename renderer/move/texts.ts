/** The texts of moving an application. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const english = {
  action: (name: string) => `Move ${name}…`,
  button: 'Move…',
  title: (name: string) => `Move ${name}`,
  where: 'Where to',
  place: (name: string, cloud: string) => (name === cloud ? name : `${name} (${cloud})`),
  nowhere:
    'There is nowhere to move it to: this director has one cloud, and there is no other director. Add a cloud to this director first (Clouds), or another director, in the list at the top left.',
  placesFailed: 'The places could not be read',
  planFailed: 'It cannot be moved there so',
  plan: 'What happens',
  carried: (files: number, secrets: number) =>
    `It comes with its services, ${countText(files, 'file of code', 'files of code')} and ${countText(secrets, 'secret')}.`,
  data: (service: string, bytes: string) => `Data of ${service}: ${bytes}`,
  cost: (cost: string) => `Cost there: ${cost}`,
  costNow: (cost: string) => `Cost here, until the old one is removed: ${cost}`,
  machines: (count: number) => countText(count, 'machine'),
  move: 'Move',
  notMoved: 'It was not moved',
  line: 'Move',
  moving: (name: string, place: string) =>
    `${name} is moving to ${place}. What is here counts until the new one was checked.`,
  stopped: (name: string, place: string) => `The move of ${name} to ${place} was cut short. What is here counts.`,
  switchedHere: (place: string) =>
    `This one counts since the move from ${place}. The old one is kept there, read only.`,
  switchedThere: (place: string, address: string | undefined) =>
    `It was moved to ${place}, which counts now${address ? ` and answers at ${address}` : ''}. This one is kept, read only.`,
  readOnly: (seconds: string) => `Its databases took no changes for ${seconds} s.`,
  removing: 'The old one is being removed. It was cut short.',
  undoing: 'The move is being taken back. It was cut short.',
  notDone: 'That failed',
  goOn: 'Go on',
  undo: 'Take it back…',
  finish: 'Remove the old one…',
  cancel: 'Cancel',
  undoTitle: (name: string) => `Take back the move of ${name}?`,
  undoText: (place: string) =>
    `What was made at ${place} is removed, with what was written to it since. What is here counts, and takes changes again.`,
  undoAction: 'Take it back',
  finishTitle: (name: string) => `Remove the ${name} that was moved?`,
  finishText: (from: string, to: string) =>
    `The one at ${from} is removed with its machines and data, once the new one at ${to} was seen to answer again. There is no way back then.`,
  finishAction: 'Remove the old one',
};

export type MoveTexts = typeof english;

const texts: Catalogue<MoveTexts> = { en: english };

export const useMoveTexts = (): MoveTexts => useCatalogue(texts);
