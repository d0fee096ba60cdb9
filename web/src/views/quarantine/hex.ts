/** Bytes for eyes: sixteen a line, with what is readable of them beside. */

const bytesALine = 16
/** As much as a person looks through; a message may have a million bytes. */
const shownBytes = 4096

export function hexOf(base64: string): string {
  const bytes = Array.from(atob(base64), (character) => character.charCodeAt(0))
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, shownBytes); at += bytesALine) {
    const line = bytes.slice(at, at + bytesALine)
    const digits = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${digits.padEnd(bytesALine * 3)} ${text}`)
  }
  if (bytes.length > shownBytes) lines.push('…')
  return lines.join('\n')
}
