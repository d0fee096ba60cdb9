/** CodeMirror as a component, for JSON. Loaded only where something is corrected. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import { bracketMatching, syntaxHighlighting } from '@codemirror/language'
import { linter } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { useEffect, useRef, type ReactNode } from 'react'
import type { Place } from './faulty-place.ts'
import classes from './json-editor.module.css'

interface JsonEditorProps {
  readonly label: string
  /** In pixels. */
  readonly height: number
  /** What it begins with. */
  readonly value: string
  /** In what it begins with: what a person is to look at first. */
  readonly place: Place | null
  readonly onChange: (value: string) => void
}

/** Tab goes on to the next field, as everywhere else on the page: nobody is caught in the editor (WCAG 2.1.2). */
export function JsonEditor({ label, height, value, place: looksAt, onChange }: JsonEditorProps): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  const first = useRef({ value, looksAt })
  const changed = useRef(onChange)
  useEffect(() => {
    changed.current = onChange
  }, [onChange])
  useEffect(() => {
    if (place.current === null) return undefined
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current.value,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          json(),
          linter(jsonParseLinter()),
          syntaxHighlighting(classHighlighter),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.doc.toString())
          }),
        ],
      }),
    })
    const { looksAt: at } = first.current
    if (at !== null) {
      view.dispatch({ selection: { anchor: at.from, head: at.to } })
      // Of the editor alone: its own way to scroll there takes the whole page along.
      view.scrollDOM.scrollTop = view.lineBlockAt(at.from).top - height / 2
    }
    return () => view.destroy()
  }, [label, height])
  return <div ref={place} className={classes['editor']} style={{ height }} />
}
