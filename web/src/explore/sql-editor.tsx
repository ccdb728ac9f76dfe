import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { completeColumns } from './complete-columns.ts';
import { schemaOf, type TableInfo } from './use-tables.ts';

interface SqlEditorProps {
  readonly value: string;
  /** What may be read, to complete names of. */
  readonly tables: readonly TableInfo[];
  readonly onChange: (value: string) => void;
  readonly onRun: () => void;
}

const HIGHLIGHTS = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--link)', fontWeight: '550' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--bronze)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--soft)', fontStyle: 'italic' },
]);

const THEME = EditorView.theme({
  '&': { fontSize: '.875rem', backgroundColor: 'var(--raised)', color: 'var(--ink)' },
  '.cm-content': {
    fontFamily: 'var(--mono)',
    padding: '.75rem 0',
    caretColor: 'var(--ink)',
    minHeight: '7rem',
  },
  '.cm-gutters': {
    backgroundColor: 'var(--raised)',
    color: 'var(--faint)',
    border: '0',
    paddingLeft: '.5rem',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft) !important',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    boxShadow: 'var(--shadow)',
  },
  '.cm-tooltip-autocomplete > ul > li': { padding: '.15rem .6rem', fontFamily: 'var(--mono)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--ink)',
  },
  '.cm-scroller': { maxHeight: '45vh', overflow: 'auto' },
});

export function SqlEditor({ value, tables, onChange, onRun }: SqlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const language = useRef(new Compartment());
  const calls = useRef({ onChange, onRun });
  calls.current = { onChange, onRun };
  const first = useRef(value);
  useEffect(() => {
    if (!host.current) return undefined;
    const run = () => {
      calls.current.onRun();
      return true;
    };
    // In a shadow root the editor adopts its style sheets; in the page it would write <style>, which the policy refuses.
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          keymap.of([{ key: 'Mod-Enter', run }]),
          lineNumbers(),
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          placeholder('select ...'),
          syntaxHighlighting(HIGHLIGHTS),
          THEME,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'SQL', 'data-gramm': 'false' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) calls.current.onChange(update.state.doc.toString());
          }),
          language.current.of([]),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);
  useEffect(() => {
    const support = sql({ dialect: PostgreSQL, schema: schemaOf(tables), upperCaseKeywords: false });
    const columns = support.language.data.of({ autocomplete: completeColumns(tables) });
    view.current?.dispatch({ effects: language.current.reconfigure([support, columns]) });
  }, [tables]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  return <div className="editor" ref={host} />;
}
