/** Where in the text of a message its fault is. */
import { findNodeAtLocation, parseTree, type Node, type ParseError } from 'jsonc-parser'

/** From the first character to the one after the last; characters as JavaScript counts them. */
export interface Place {
  readonly from: number
  readonly to: number
}

interface Fault {
  readonly code: string
  /** The path of the field, as `data.quantity`; null if it is not one field. */
  readonly field: string | null
}

/** A field that is not there is missing from its object, which is marked as far as its first line. Null for no place. */
export function faultyPlace(text: string, { code, field }: Fault): Place | null {
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { disallowComments: true })
  const [broken] = errors
  if (code === 'not_json' && broken !== undefined) return widened(text, broken)
  if (tree === undefined || field === null) return null
  const path = field.split('.')
  const found = findNodeAtLocation(tree, path)
  if (found !== undefined) return placeOf(found)
  const parent = findNodeAtLocation(tree, path.slice(0, -1))
  return parent === undefined ? null : { from: parent.offset, to: parent.offset + 1 }
}

/** The field with its name. */
function placeOf(node: Node): Place {
  const whole = node.parent?.type === 'property' ? node.parent : node
  return { from: whole.offset, to: whole.offset + whole.length }
}

/** Something must be seen, also where the text ends too early. */
function widened(text: string, { offset, length }: ParseError): Place {
  const from = Math.min(offset, Math.max(text.length - 1, 0))
  return { from, to: Math.max(from + 1, Math.min(offset + length, text.length)) }
}
