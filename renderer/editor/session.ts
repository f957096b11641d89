/**
 * One manifest being edited: its text with one history of undoing for text and form alike, what is wrong with it, and
 * whether the hub has it. Lives on when its page is left, so that coming back finds all as it was.
 */
import { isolateHistory } from '@codemirror/commands';
import { setDiagnostics } from '@codemirror/lint';
import { acceptChunk, getChunks, rejectChunk, unifiedMergeView } from '@codemirror/merge';
import { Compartment, type TransactionSpec } from '@codemirror/state';
import { EditorView, type ViewUpdate } from '@codemirror/view';
import { type ParseError, parse } from 'jsonc-parser';
import type { DocumentFacts, OpenedDocument } from '../../main/hub/protocol.ts';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf, hub } from '../hub/client.ts';
import { createEditor } from './code/editor-view.ts';
import { checkSchema, manifestSchema } from './manifest-schema.ts';
import { formatted, type TextChange } from './text/edits.ts';
import { type Problem, problemsOf, problemsOfFailure } from './text/problems.ts';
import { isRecord } from './text/schema.ts';
import { editorTexts } from './texts.ts';

/** Typing is kept so long after its last character, and checked, ms. */
const keepAfterMs = 200;
const checkAfterMs = 150;
/** The hub tries again so long after a failure, ms. */
const keepAgainMs = 3000;

export interface SessionSnapshot {
  readonly facts: DocumentFacts;
  readonly text: string;
  /** The last text that could be read as a manifest, and what it holds. */
  readonly readable: { readonly text: string; readonly document: Readonly<Record<string, unknown>> };
  /** Whether that is the present text. */
  readonly isReadable: boolean;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** undefined: the hub has the text, or will in a moment. */
  readonly notKept: Failure | undefined;
  /** Typed earlier, in a window that ended meanwhile; until the user has seen that. */
  readonly wasRestored: boolean;
  /** What the file or the application holds now, where that is neither what was opened nor what is here. */
  readonly theirs: string | undefined;
  /** Places where both differ, while they are compared in the text. */
  readonly differences: number | undefined;
}

export class EditingSession {
  readonly id: string;
  readonly view: EditorView;
  #snapshot: SessionSnapshot;
  #base: string;
  readonly #listeners = new Set<() => void>();
  readonly #comparison = new Compartment();
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #checking: ReturnType<typeof setTimeout> | undefined;
  #kept: string;
  #clouds: readonly string[] = [];
  /** What the checks have found in the present text, and what others have said of it. */
  #found: readonly Problem[] = [];
  #blamed: readonly Problem[] = [];

  constructor(document: OpenedDocument) {
    const { text, base, restored, ...facts } = document;
    this.id = document.id;
    this.#base = base;
    this.#kept = text;
    this.#snapshot = {
      facts,
      text,
      ...readableOf(text, undefined),
      problems: [],
      warnings: [],
      notKept: undefined,
      wasRestored: restored,
      theirs: undefined,
      differences: undefined,
    };
    this.view = createEditor({
      text,
      schema: manifestSchema,
      knowledge: () => ({ clouds: this.#clouds }),
      onUpdate: (update) => this.#updated(update),
      extensions: this.#comparison.of([]),
    });
    this.#checkSoon(0);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly snapshot = (): SessionSnapshot => this.#snapshot;

  /** Whether the hub has all that was typed. */
  get isKept(): boolean {
    return this.#kept === this.#snapshot.text;
  }

  know(clouds: readonly string[]): void {
    this.#clouds = clouds;
  }

  /** Changes by a form: the cursor moves with the text around it, and undoing takes them back like typing. */
  change(changes: readonly TextChange[], options: { joins?: boolean } = {}): void {
    if (changes.length === 0) return;
    this.view.dispatch({
      changes: [...changes],
      userEvent: 'input.form',
      ...(options.joins ? {} : { annotations: isolateHistory.of('before') }),
    } satisfies TransactionSpec);
  }

  format(): void {
    this.change(formatted(this.#snapshot.text));
  }

  /** Shows a part of the text and puts the cursor there. */
  show(from: number, to = from): void {
    const end = this.view.state.doc.length;
    this.view.dispatch({
      selection: { anchor: Math.min(from, end), head: Math.min(to, end) },
      effects: EditorView.scrollIntoView(Math.min(from, end), { y: 'center' }),
    });
    this.view.focus();
  }

  seen(): void {
    this.#set({ wasRestored: false });
  }

  /** What somebody else said of this text: the places become problems until the text is changed. */
  blame(failure: Failure): void {
    this.#blamed = problemsOfFailure(this.#snapshot.text, failure);
    this.#showProblems(this.#found);
  }

  /** What the file or application holds now. Without changes of the user's own it comes in at once. */
  compareWith(source: string): void {
    const { text, differences } = this.#snapshot;
    if (differences !== undefined) return;
    if (source === this.#base || source === text) {
      if (source === text && source !== this.#base) this.#settle(source);
      this.#set({ theirs: undefined });
      return;
    }
    if (text === this.#base) {
      this.change([{ from: 0, to: text.length, insert: source }]);
      this.#settle(source);
      return;
    }
    this.#set({ theirs: source });
  }

  /** Shows where theirs differs, in the text itself, with a choice at each place. */
  beginComparison(): void {
    const { theirs } = this.#snapshot;
    if (theirs === undefined) return;
    this.view.dispatch({
      effects: this.#comparison.reconfigure(unifiedMergeView({ original: theirs, mergeControls: chunkButton })),
    });
    this.#set({ differences: getChunks(this.view.state)?.chunks.length ?? 0 });
    this.#endWhenAgreed();
  }

  takeTheirs(): void {
    const { theirs, text } = this.#snapshot;
    if (theirs === undefined) return;
    this.#endComparison();
    this.change([{ from: 0, to: text.length, insert: theirs }]);
    this.#settle(theirs);
    this.#set({ theirs: undefined });
  }

  keepMine(): void {
    const { theirs } = this.#snapshot;
    if (theirs === undefined) return;
    this.#endComparison();
    this.#base = theirs;
    this.#set({ theirs: undefined });
    void this.keep();
  }

  /** For the first difference: one place taken or kept. For keyboard use and tests of the same commands. */
  decide(choice: 'mine' | 'theirs', position: number): void {
    if (choice === 'mine') acceptChunk(this.view, position);
    else rejectChunk(this.view, position);
  }

  /** The text was saved or applied: nothing is outstanding. @param facts as the hub told them, where it did */
  settled(text: string, facts?: DocumentFacts): void {
    if (facts) {
      this.#base = text;
      this.#kept = text;
      this.#set({ facts, theirs: undefined });
    } else void this.#send({ document: this.id, text, settled: true });
  }

  /** What the source holds after this text was applied. */
  rebase(source: string): void {
    this.#base = source;
    this.#set({ theirs: undefined });
    void this.#send({ document: this.id, text: this.#snapshot.text, base: source });
  }

  /** Gives the hub what it does not have yet. */
  async keep(): Promise<void> {
    clearTimeout(this.#keeping);
    await this.#send({ document: this.id, text: this.#snapshot.text, base: this.#base });
  }

  end(): void {
    clearTimeout(this.#keeping);
    clearTimeout(this.#checking);
    this.view.destroy();
  }

  async #send(kept: { document: string; text: string; base?: string; settled?: boolean }): Promise<void> {
    try {
      const facts = await hub.call('keep_document', kept);
      this.#kept = kept.text;
      this.#set({ facts, notKept: undefined });
    } catch (thrown) {
      this.#set({ notKept: failureOf(thrown) });
      this.#keepSoon(keepAgainMs);
    }
  }

  #settle(source: string): void {
    this.#base = source;
    void this.#send({ document: this.id, text: source, base: source, settled: true });
  }

  #keepSoon(after = keepAfterMs): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => void this.keep(), after);
  }

  #updated(update: ViewUpdate): void {
    if (update.docChanged) {
      const text = update.state.doc.toString();
      this.#blamed = [];
      this.#set({
        text,
        ...readableOf(text, this.#snapshot.readable),
        facts: { ...this.#snapshot.facts, changed: true },
      });
      this.#keepSoon();
      this.#checkSoon();
    }
    if (this.#snapshot.differences !== undefined) {
      const differences = getChunks(update.state)?.chunks.length ?? 0;
      if (differences !== this.#snapshot.differences) this.#set({ differences });
      // Not from within an update of the view.
      if (differences === 0) queueMicrotask(() => this.#endWhenAgreed());
    }
  }

  #endWhenAgreed(): void {
    if (this.#snapshot.differences === 0) this.keepMine();
  }

  #endComparison(): void {
    this.view.dispatch({ effects: this.#comparison.reconfigure([]) });
    this.#set({ differences: undefined });
  }

  #checkSoon(after = checkAfterMs): void {
    clearTimeout(this.#checking);
    this.#checking = setTimeout(() => void this.#check(), after);
  }

  /** What the page finds is shown at once, what the checker finds in its place as soon as it has answered. */
  async #check(): Promise<void> {
    const { text } = this.#snapshot;
    this.#showProblems(problemsOf(text, manifestSchema, checkSchema));
    const checked = await hub.call('check_manifest', { text }).catch(() => undefined);
    // Without an answer what the page has found stays.
    if (!checked || this.#snapshot.text !== text) return;
    this.#showProblems(checked.failure ? problemsOfFailure(text, checked.failure) : []);
    this.#set({ warnings: checked.warnings });
  }

  #showProblems(found: readonly Problem[]): void {
    this.#found = found;
    const added = this.#blamed.filter(
      ({ from, message }) => !found.some((one) => one.from === from && one.message === message),
    );
    const problems = [...found, ...added].toSorted((a, b) => a.from - b.from);
    this.#set({ problems });
    const length = this.view.state.doc.length;
    this.view.dispatch(
      setDiagnostics(
        this.view.state,
        problems
          .filter(({ from }) => from <= length)
          .map(({ from, to, level, message }) => ({ from, to: Math.min(to, length), severity: level, message })),
      ),
    );
  }

  #set(part: Partial<SessionSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
    for (const listener of this.#listeners) listener();
  }
}

/** Whether a text can be shown as a form: JSON of the right outline, whatever else may be wrong with it. */
function readableOf(
  text: string,
  last: SessionSnapshot['readable'] | undefined,
): Pick<SessionSnapshot, 'readable' | 'isReadable'> {
  const errors: ParseError[] = [];
  const document: unknown = parse(text, errors, { disallowComments: false, allowTrailingComma: false });
  const fits =
    errors.length === 0 &&
    isRecord(document) &&
    (document['Services'] === undefined ||
      (Array.isArray(document['Services']) && document['Services'].every(isRecord)));
  if (fits) return { readable: { text, document }, isReadable: true };
  return { readable: last ?? { text: '{}', document: {} }, isReadable: false };
}

function chunkButton(type: 'accept' | 'reject', action: (event: MouseEvent) => void): HTMLElement {
  const texts = editorTexts().notices;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = type === 'accept' ? texts.keepMine : texts.takeTheirs;
  button.addEventListener('click', action);
  // By keyboard there is no press of a mouse before the click.
  button.addEventListener('mousedown', (event) => event.preventDefault());
  return button;
}
