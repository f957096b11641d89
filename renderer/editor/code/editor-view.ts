/** The text editor: CodeMirror with the manifest's schema for completion and explanations. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  type ViewUpdate,
} from '@codemirror/view';
import { type Knowledge, type Proposal, proposalsAt } from '../text/completion.ts';
import { explanationAt } from '../text/hover.ts';
import type { JsonSchema } from '../text/schema.ts';
import { editorTexts } from '../texts.ts';
import { editorLook } from './look.ts';

export interface EditorOptions {
  readonly text: string;
  readonly schema: JsonSchema;
  /** Asked at each completion. */
  readonly knowledge: () => Knowledge;
  readonly onUpdate: (update: ViewUpdate) => void;
  readonly extensions?: Extension;
}

export function createEditor(options: EditorOptions): EditorView {
  const texts = editorTexts();
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
  const state = EditorState.create({
    doc: options.text,
    extensions: [
      EditorView.cspNonce.of(nonce),
      EditorState.phrases.of(texts.codeMirror),
      lineNumbers(),
      highlightActiveLineGutter(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      search({ top: true }),
      json(),
      editorLook,
      autocompletion({ override: [(context) => complete(context, options)], icons: false }),
      hoverTooltip((view, position) => explain(view, position, options.schema)),
      // Mod+Enter applies and Mod+S saves, everywhere on the page: see the page's actions.
      keymap.of([
        ...closeBracketsKeymap,
        ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
        ...searchKeymap,
        ...historyKeymap,
        ...completionKeymap,
        ...lintKeymap,
        indentWithTab,
      ]),
      EditorView.contentAttributes.of({
        tabindex: '0',
        'aria-label': texts.text.label,
        'aria-description': texts.text.description,
      }),
      EditorView.lineWrapping,
      EditorView.domEventHandlers({ beforeinput: typeOver }),
      EditorView.updateListener.of(options.onUpdate),
      options.extensions ?? [],
    ],
  });
  return new EditorView({ state });
}

/**
 * Typing over a selection, or several lines at once: left to itself Chromium makes elements with a style of their own for
 * it, which the policy of the window refuses.
 */
function typeOver(event: InputEvent, view: EditorView): boolean {
  const { data, inputType, isComposing } = event;
  const { from, to } = view.state.selection.main;
  if (inputType !== 'insertText' || isComposing || !data || (from === to && !data.includes('\n'))) return false;
  const insert = () =>
    view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, insert));
  if (!handled) view.dispatch(insert());
  event.preventDefault();
  return true;
}

function complete(context: CompletionContext, { schema, knowledge }: EditorOptions): CompletionResult | null {
  const { state, pos, explicit } = context;
  const before = state.sliceDoc(Math.max(0, pos - 1), pos);
  if (!explicit && !/["\w]/.test(before)) return null;
  const found = proposalsAt(state.doc.toString(), pos, schema, knowledge());
  if (!found) return null;
  return {
    from: found.from,
    to: found.to,
    // The place begins with a quotation mark where one was typed already.
    filter: false,
    options: matching(found.options, state.sliceDoc(found.from, pos)).map(completionOf),
  };
}

/** Those that begin with what was typed, then those that hold it. */
function matching(options: readonly Proposal[], typed: string): readonly Proposal[] {
  const word = typed.replaceAll('"', '').toLowerCase();
  const place = ({ label }: Proposal): number => label.toLowerCase().indexOf(word);
  return options.filter((option) => place(option) >= 0).toSorted((a, b) => Math.sign(place(a)) - Math.sign(place(b)));
}

function completionOf({ label, insert, cursor, kind, detail, description }: Proposal): Completion {
  return {
    label,
    detail,
    type: kind === 'key' ? 'property' : 'constant',
    ...(description === '' ? {} : { info: description }),
    apply: (view, _completion, from, to) => {
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from + cursor },
        userEvent: 'input.complete',
        scrollIntoView: true,
      });
      // Inside of the quotes or brackets of a new value there may be something to choose from.
      if (kind === 'key' && cursor < insert.length + 1) startCompletion(view);
    },
  };
}

function explain(view: EditorView, position: number, schema: JsonSchema) {
  const found = explanationAt(view.state.doc.toString(), position, schema);
  if (!found) return null;
  return {
    pos: found.from,
    end: found.to,
    create: () => {
      const texts = editorTexts().text;
      const dom = document.createElement('div');
      dom.className = 'cm-explanation';
      const add = (tag: string, text: string, className = ''): void => {
        if (text === '') return;
        const element = dom.appendChild(document.createElement(tag));
        element.textContent = text;
        element.className = className;
      };
      add('strong', found.title);
      add('div', found.description);
      add('div', found.expected === '' ? '' : texts.expected(found.expected), 'quiet');
      add('div', found.default === undefined ? '' : texts.default(found.default), 'quiet');
      return { dom };
    },
  };
}
