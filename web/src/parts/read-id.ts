/** Ids as people paste them: with blanks around, in capitals. */

export function readId(text: string): string {
  return text.trim().toLowerCase()
}

/** A UUID of any version. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(readId(text))
}
