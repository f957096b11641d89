/** How the text looks: the theme's own variables, so that light and dark need no second one. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { fonts } from '../../theme/tokens.ts';

const color = (name: string): string => `var(--mui-palette-${name})`;

const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: color('primary-main'), fontWeight: '600' },
  { tag: [tags.string, tags.character], color: color('text-primary') },
  { tag: [tags.number, tags.bool, tags.null], color: color('warning-main') },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: color('text-secondary') },
  { tag: tags.invalid, color: color('error-main') },
]);

const look = EditorView.theme({
  '&': {
    height: '100%',
    fontSize: '0.8125rem',
    backgroundColor: color('background-paper'),
    color: color('text-primary'),
  },
  // The frame around it shows the focus: see the text pane.
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: fonts.code, lineHeight: '1.55' },
  '.cm-content': { caretColor: color('text-primary'), paddingBlock: '8px' },
  '.cm-cursor': { borderLeftColor: color('text-primary') },
  '.cm-gutters': { backgroundColor: color('sunken'), color: color('text-secondary'), border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: color('action-hover') },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: `color-mix(in srgb, ${color('primary-main')} 26%, transparent)`,
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    outline: `1px solid ${color('text-secondary')}`,
  },
  '.cm-selectionMatch, .cm-searchMatch': {
    backgroundColor: `color-mix(in srgb, ${color('warning-main')} 22%, transparent)`,
  },
  '.cm-searchMatch-selected': { outline: `2px solid ${color('warning-main')}` },
  '.cm-panels': { backgroundColor: color('sunken'), color: color('text-primary') },
  '.cm-panels.cm-panels-top': { borderBottom: `1px solid ${color('divider')}` },
  '.cm-textfield, .cm-button': {
    backgroundColor: color('background-paper'),
    backgroundImage: 'none',
    color: color('text-primary'),
    border: `1px solid ${color('divider')}`,
    borderRadius: '6px',
    fontFamily: fonts.text,
    fontSize: '0.8125rem',
  },
  '.cm-panel.cm-search': { padding: '8px', fontFamily: fonts.text },
  '.cm-panel.cm-search label': { fontSize: '0.8125rem' },
  '.cm-panel.cm-search [name=close]': { color: color('text-primary'), fontSize: '1.25rem' },
  '.cm-tooltip': {
    backgroundColor: color('background-paper'),
    color: color('text-primary'),
    border: `1px solid ${color('divider')}`,
    borderRadius: '8px',
    overflow: 'hidden',
    maxWidth: '420px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: fonts.code, maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: color('primary-main'),
    color: color('primary-contrastText'),
  },
  '.cm-completionDetail': { fontStyle: 'normal', marginLeft: '1.5em', opacity: '0.85' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 12px', fontFamily: fonts.text, fontSize: '0.8125rem' },
  '.cm-explanation': { padding: '8px 12px', fontFamily: fonts.text, fontSize: '0.8125rem', lineHeight: '1.45' },
  '.cm-explanation strong': { fontFamily: fonts.code },
  '.cm-explanation .quiet': { color: color('text-secondary') },
  '.cm-diagnostic': { fontFamily: fonts.text, fontSize: '0.8125rem', padding: '6px 12px' },
  '.cm-diagnostic-error': { borderLeft: `4px solid ${color('error-main')}` },
  '.cm-diagnostic-warning': { borderLeft: `4px solid ${color('warning-main')}` },
  // The library's wavy line is a data: image, which the policy of the window refuses.
  '.cm-lintRange-error, .cm-lintRange-warning': { backgroundImage: 'none', textDecorationLine: 'underline' },
  '.cm-lintRange-error': { textDecorationStyle: 'wavy', textDecorationColor: color('error-main') },
  '.cm-lintRange-warning': { textDecorationStyle: 'wavy', textDecorationColor: color('warning-main') },
  '.cm-changedLine, .cm-insertedLine': {
    backgroundColor: `color-mix(in srgb, ${color('success-main')} 12%, transparent) !important`,
  },
  '.cm-changedText': {
    background: `color-mix(in srgb, ${color('success-main')} 24%, transparent) !important`,
  },
  '.cm-deletedChunk': {
    backgroundColor: `color-mix(in srgb, ${color('error-main')} 12%, transparent) !important`,
    paddingLeft: '6px',
  },
  '.cm-deletedChunk .cm-deletedText': {
    background: `color-mix(in srgb, ${color('error-main')} 26%, transparent) !important`,
  },
  '.cm-deletedChunk .cm-chunkButtons': { insetInlineEnd: '8px', display: 'flex', gap: '6px' },
  '.cm-chunkButtons button': {
    backgroundColor: `${color('background-paper')} !important`,
    color: `${color('text-primary')} !important`,
    border: `1px solid ${color('divider')} !important`,
    borderRadius: '6px',
    padding: '2px 8px',
    fontFamily: fonts.text,
    fontSize: '0.75rem',
    cursor: 'pointer',
  },
  '.cm-changeGutter': { width: '3px' },
});

export const editorLook: Extension = [look, syntaxHighlighting(highlight)];
