/** One row of a log as elements. They are used again and again: at the end of a fast log all change in every frame. */
import type { LogRow } from '../../main/hub/protocol.ts';
import { perLanguage } from '../texts/catalogue.ts';
import { partsOf } from './ansi.ts';
import { cutAt } from './marks.ts';
import type { LogTexts } from './texts.ts';

const time = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
} as const;
const clock = perLanguage((locale) => new Intl.DateTimeFormat(locale, time));
const full = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }));

/** What a row looks like beside what it says. */
export interface RowLook {
  /** Text to mark in it. Expressions are not run here, for who knows how long they take: the row brings their marks. */
  readonly mark: { readonly text: string; readonly caseSensitive: boolean } | undefined;
  readonly selected: boolean;
  readonly current: boolean;
}

export class RowElement {
  readonly element = document.createElement('div');
  readonly #time = cell('time');
  readonly #node = cell('node');
  readonly #level = cell('level');
  readonly #text = cell('text');
  readonly #whole = document.createElement('button');
  #drawn = '';

  readonly #texts: LogTexts['row'];

  constructor(texts: LogTexts['row'], showWhole: (row: LogRow) => void) {
    this.#texts = texts;
    this.element.append(this.#time, this.#node, this.#level, this.#text);
    this.#whole.type = 'button';
    this.#whole.className = 'whole';
    this.#whole.addEventListener('click', () => {
      if (this.row) showWhole(this.row);
    });
  }

  row: LogRow | undefined;

  draw(row: LogRow, look: RowLook): void {
    const key = `${row.node}\u0000${row.log}\u0000${row.seq}\u0000${row.time}\u0000${row.text.length}\u0000${row.leftOut ?? ''}\u0000${row.marks ?? ''}\u0000${JSON.stringify(look)}`;
    this.row = row;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const { element } = this;
    element.className = ['row', row.level, look.selected ? 'selected' : '', look.current ? 'current' : ''].join(' ');
    if (row.level === 'gap' || row.level === 'event' || row.level === 'left-out') {
      this.#time.textContent = row.level === 'event' ? clock().format(row.time) : '';
      this.#node.textContent = '';
      this.#level.textContent = '';
      this.#text.textContent = `── ${spanText(row, this.#texts)} ──`;
      this.#whole.remove();
      return;
    }
    this.#time.textContent = clock().format(row.time);
    this.#time.title = full().format(row.time);
    this.#node.textContent = row.node;
    this.#node.title = `${row.node} · ${row.service} · ${row.log}`;
    this.#level.textContent = this.#texts.levels[row.level];
    const { marks } = row;
    this.#text.replaceChildren(
      ...(marks
        ? cutAt(partsOf(row.text), marks).map(({ text, look: style, isHit }) =>
            isHit ? hit(text, style) : part(text, style),
          )
        : partsOf(row.text).flatMap(({ text, look: style }) => marked(text, style, look.mark))),
    );
    if (row.length === undefined) this.#whole.remove();
    else {
      this.#whole.textContent = this.#texts.showAll(row.length);
      element.append(this.#whole);
    }
  }
}

/** What a row says that stands for something else than a line. */
function spanText({ level, node, log, text, gap = -1, leftOut = 0 }: LogRow, texts: LogTexts['row']): string {
  if (level === 'event') return text;
  return level === 'gap' ? texts.gap(`${node} ${log}`, gap) : texts.leftOut(`${node} ${log}`, leftOut);
}

function marked(text: string, look: string, mark: RowLook['mark']): Node[] {
  if (!mark) return [part(text, look)];
  const searched = mark.caseSensitive ? text : text.toLowerCase();
  const wanted = mark.caseSensitive ? mark.text : mark.text.toLowerCase();
  const nodes: Node[] = [];
  let start = 0;
  // A letter whose lower case is longer would move what is found; such lines are shown without marks.
  if (searched.length !== text.length) return [part(text, look)];
  for (let at = searched.indexOf(wanted); at >= 0; at = searched.indexOf(wanted, start)) {
    if (at > start) nodes.push(part(text.slice(start, at), look));
    nodes.push(hit(text.slice(at, at + wanted.length), ''));
    start = at + wanted.length;
  }
  if (start < text.length) nodes.push(part(text.slice(start), look));
  return nodes;
}

function hit(text: string, look: string): Node {
  const element = document.createElement('mark');
  element.className = look;
  element.textContent = text;
  return element;
}

function part(text: string, look: string): Node {
  if (look === '') return document.createTextNode(text);
  const element = document.createElement('span');
  element.className = look;
  element.textContent = text;
  return element;
}

function cell(name: string): HTMLSpanElement {
  const element = document.createElement('span');
  element.className = name;
  return element;
}
