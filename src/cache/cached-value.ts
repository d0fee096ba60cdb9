/** What is kept in Redis: text whose first letter says what it is. */

/** An answer as it was sent, and what must be known to send it again. */
export interface CachedPage {
  readonly body: string
  readonly etag: string
  /** Whose page it is: a key that is limited to warehouses must see one of these. */
  readonly warehouses: readonly string[]
}

export type CachedValue =
  | { readonly kind: 'absent' }
  /** Pages that were kept under another generation are no longer true. */
  | { readonly kind: 'generation'; readonly generation: string }
  | { readonly kind: 'page'; readonly generation: string; readonly page: CachedPage }
  /** Somebody is filling it. */
  | { readonly kind: 'lease'; readonly lease: string }
  /** Somebody is about to commit what changes it. */
  | { readonly kind: 'bar' }

const absent: CachedValue = { kind: 'absent' }
const bar: CachedValue = { kind: 'bar' }

export function encodeGeneration(generation: string): string {
  return `G${generation}`
}

export function encodeLease(lease: string): string {
  return `L${lease}`
}

/** Neither of the heads contains a line break; the body is the rest. */
export function encodePage(generation: string, { body, etag, warehouses }: CachedPage): string {
  return `P${generation}\n${etag}\n${warehouses.join(',')}\n${body}`
}

/** Something that is none of ours counts as barred: it is neither answered nor written over. */
export function decodeValue(text: string | null): CachedValue {
  if (text === null) return absent
  const rest = text.slice(1)
  if (text.startsWith('G')) return { kind: 'generation', generation: rest }
  if (text.startsWith('L')) return { kind: 'lease', lease: rest }
  return (text.startsWith('P') ? decodePage(rest) : null) ?? bar
}

function decodePage(text: string): CachedValue | null {
  const afterGeneration = text.indexOf('\n')
  const afterTag = text.indexOf('\n', afterGeneration + 1)
  const afterWarehouses = text.indexOf('\n', afterTag + 1)
  if (afterGeneration < 0 || afterTag < 0 || afterWarehouses < 0) return null
  const warehouses = text.slice(afterTag + 1, afterWarehouses)
  return {
    kind: 'page',
    generation: text.slice(0, afterGeneration),
    page: {
      etag: text.slice(afterGeneration + 1, afterTag),
      warehouses: warehouses === '' ? [] : warehouses.split(','),
      body: text.slice(afterWarehouses + 1),
    },
  }
}
