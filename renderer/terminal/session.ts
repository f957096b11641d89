/**
 * One terminal of the dock: xterm.js and its connection, outside of React, so that it lives on while another tab or page
 * is shown. It ends with its tab.
 */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf, hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { type TerminalTab, useDock } from '../stores/dock.ts';
import { themeInForce } from '../stores/preferences.ts';
import { terminalColours } from '../theme/terminal-colours.ts';
import { fonts } from '../theme/tokens.ts';
import { guardSequences, safeLink } from './guard.ts';
import { type Paste, pasteOf } from './paste.ts';
import { stampStyles } from './style-nonce.ts';
import { terminalTexts } from './texts.ts';

/** What of a terminal is shown beside it. */
export interface TerminalStatus {
  readonly state: 'connecting' | 'open' | 'ended' | 'failed';
  /** Of a shell that has ended. */
  readonly code?: number;
  readonly failure?: Failure;
  /** What the user is asked. */
  readonly question?:
    | { readonly kind: 'paste'; readonly paste: Paste }
    | { readonly kind: 'link'; readonly url: string };
}

/** Leaves the terminal: Tab belongs to the shell. */
export const leaveKeys = 'Ctrl+Shift+E';
/** Lines that can be scrolled back to. */
const scrollback = 10_000;
/** Bytes are told as taken in such steps. */
const takenStep = 64 * 1024;

const sessions = new Map<string, TerminalSession>();
let screenReader = false;

/** The session of a tab; opens it where there is none. */
export function sessionOf(tab: TerminalTab): TerminalSession {
  const known = sessions.get(tab.key);
  if (known) return known;
  const fresh = new TerminalSession(tab);
  sessions.set(tab.key, fresh);
  return fresh;
}

useDock.subscribe(({ tabs }) => {
  for (const [key, session] of sessions) {
    if (tabs.some((tab) => tab.key === key)) continue;
    sessions.delete(key);
    session.close();
  }
});

/** Whether what is shown is read out; for all terminals. */
export function setScreenReader(on: boolean): void {
  screenReader = on;
  for (const { terminal } of sessions.values()) terminal.options.screenReaderMode = on;
}
export const isScreenReader = () => screenReader;

class TerminalSession {
  readonly terminal: Terminal;
  readonly #tab: TerminalTab;
  readonly #fit = new FitAddon();
  readonly #element = document.createElement('div');
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;
  #status: TerminalStatus = { state: 'connecting' };
  #connection = '';
  #taken = 0;
  #toldTaken = 0;
  /** What is typed goes in order, and no faster than the node takes it. */
  #typing: Promise<unknown> = Promise.resolve();
  #leave: () => void = () => undefined;

  constructor(tab: TerminalTab) {
    this.#tab = tab;
    stampStyles();
    this.terminal = new Terminal({
      allowProposedApi: false,
      cursorBlink: false,
      fontFamily: fonts.code,
      fontSize: 13,
      lineHeight: 1.2,
      minimumContrastRatio: 4.5,
      screenReaderMode: screenReader,
      scrollback,
      theme: terminalColours[themeInForce()],
      linkHandler: { activate: (_event, text) => this.#ask(safeLink(text)), allowNonHttpProtocols: false },
    });
    this.terminal.loadAddon(this.#fit);
    guardSequences(this.terminal.parser);
    this.terminal.attachCustomKeyEventHandler((event) => this.#key(event));
    this.terminal.onData((text) => this.#type(text));
    this.terminal.onResize(({ cols, rows }) => this.#resized(cols, rows));
    this.#element.style.height = '100%';
    this.#element.addEventListener('paste', (event) => this.#pasted(event), { capture: true });
    this.#stopListening = hub.onPush((push) => {
      if (push.push !== 'terminal' || push.terminal !== this.#connection) return;
      if ('bytes' in push) this.#show(push.bytes);
      else if ('ended' in push) this.#over({ state: 'ended', code: push.ended });
      else this.#over({ state: 'failed', failure: push.failure });
    });
    // a hub that was restarted knows nothing of its terminals
    hub.onConnect(() => {
      if (this.#status.state === 'open') this.#over({ state: 'failed', failure: lost() });
    });
  }

  get status(): TerminalStatus {
    return this.#status;
  }

  onStatus(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Shows it in `parent`, and keeps it as large as that. @returns what takes it out again */
  attach(parent: HTMLElement, leave: () => void): () => void {
    this.#leave = leave;
    parent.append(this.#element);
    if (!this.terminal.element) this.terminal.open(this.#element);
    this.terminal.options.theme = terminalColours[themeInForce()];
    this.#fit.fit();
    if (this.#connection === '') void this.connect();
    this.terminal.focus();
    const sizes = new ResizeObserver(() => this.#fit.fit());
    sizes.observe(parent);
    const themes = new MutationObserver(() => {
      this.terminal.options.theme = terminalColours[themeInForce()];
    });
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      this.#element.remove();
    };
  }

  /** Opens a shell; after one that has ended, another. */
  async connect(): Promise<void> {
    const { application, node } = this.#tab;
    const { cols: columns, rows } = this.terminal;
    const connection = crypto.randomUUID();
    this.#connection = connection;
    [this.#taken, this.#toldTaken] = [0, 0];
    this.#set({ state: 'connecting' });
    try {
      await hub.call('open_terminal', { terminal: connection, application, node, columns, rows });
      if (connection !== this.#connection) void hub.call('close_terminal', { terminal: connection });
      else if (this.#status.state === 'connecting') this.#set({ state: 'open' });
      // it may have got another size meanwhile
      if (columns !== this.terminal.cols || rows !== this.terminal.rows) {
        this.#resized(this.terminal.cols, this.terminal.rows);
      }
    } catch (thrown) {
      if (connection === this.#connection) this.#over({ state: 'failed', failure: failureOf(thrown) });
    }
    this.terminal.focus();
  }

  /** The user's answer to the question. */
  answer(yes: boolean): void {
    const { question } = this.#status;
    const { question: _asked, ...rest } = this.#status;
    this.#set(rest);
    if (yes && question?.kind === 'paste') this.terminal.paste(question.paste.text);
    if (yes && question?.kind === 'link') {
      hub.call('open_link', { url: question.url }).catch((thrown: unknown) => failureOf(thrown));
    }
    this.terminal.focus();
  }

  close(): void {
    this.#stopListening();
    const { state } = this.#status;
    if (state === 'open' || state === 'connecting') {
      hub.call('close_terminal', { terminal: this.#connection }).catch((thrown: unknown) => failureOf(thrown));
    }
    this.#connection = '';
    this.terminal.dispose();
    this.#element.remove();
  }

  #type(text: string): void {
    if (this.#status.state !== 'open') return;
    const terminal = this.#connection;
    // one that has ended meanwhile says so itself
    this.#typing = this.#typing.then(() => hub.call('type_terminal', { terminal, text })).catch(() => undefined);
  }

  #resized(columns: number, rows: number): void {
    if (this.#status.state !== 'open') return;
    hub.call('resize_terminal', { terminal: this.#connection, columns, rows }).catch(() => undefined); // likewise
  }

  #show(bytes: Uint8Array): void {
    const terminal = this.#connection;
    this.terminal.write(bytes, () => {
      if (terminal !== this.#connection) return;
      this.#taken += bytes.length;
      if (this.#taken - this.#toldTaken < takenStep) return;
      this.#toldTaken = this.#taken;
      hub.call('taken_terminal', { terminal, taken: this.#taken }).catch(() => undefined); // likewise
    });
  }

  #over(status: TerminalStatus): void {
    this.terminal.write('\r\n\u001b[0m');
    this.#set(status);
  }

  #key(event: KeyboardEvent): boolean {
    if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return true;
    switch (event.code) {
      case 'KeyC':
        event.preventDefault();
        if (event.type === 'keydown' && this.terminal.hasSelection()) {
          void desktop.copyText(this.terminal.getSelection());
        }
        return false;
      case 'KeyV':
        return false; // the browser pastes, and `#pasted` gets it
      case 'KeyE':
        event.preventDefault();
        if (event.type === 'keydown') this.#leave();
        return false;
      default:
        return true;
    }
  }

  #pasted(event: ClipboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    const paste = pasteOf(event.clipboardData?.getData('text/plain') ?? '');
    if (paste.text === '' || this.#status.state !== 'open') return;
    if (paste.asks) this.#set({ ...this.#status, question: { kind: 'paste', paste } });
    else this.terminal.paste(paste.text);
  }

  #ask(url: string | undefined): void {
    if (url !== undefined) this.#set({ ...this.#status, question: { kind: 'link', url } });
  }

  #set(status: TerminalStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }
}

function lost(): Failure {
  return { code: 'unreachable', message: terminalTexts().lost, retry: true };
}
