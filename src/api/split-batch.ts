/** Most events of one request: they are booked in one go, and their outcomes are one page. */
export const maxBatchEvents = 1000

/**
 * The elements of a JSON array, each with the very bytes that came: parsing and writing again could change a number or
 * drop a repeated name. `not_json` if the whole is none, `not_a_batch` if it is no array of 1 to 1,000 elements.
 */
export function splitBatch(body: Buffer): readonly Buffer[] | 'not_json' | 'not_a_batch' {
  const parsed = parse(body)
  if (parsed === undefined) return 'not_json'
  if (!Array.isArray(parsed) || parsed.length === 0 || parsed.length > maxBatchEvents) return 'not_a_batch'
  return elementsOf(body)
}

/** JSON has no `undefined`: it stands for "not JSON" here. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const opening: readonly number[] = [0x5b, 0x7b]
const closing: readonly number[] = [0x5d, 0x7d]

/** Of an array that is known to be JSON. In UTF-8 no byte of a longer character is one of the signs looked for. */
function elementsOf(body: Buffer): Buffer[] {
  const elements: Buffer[] = []
  let depth = 0
  let start = 0
  let inString = false
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0
    if (inString) {
      if (byte === backslash) at += 1
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (opening.includes(byte)) {
      depth += 1
      if (depth === 1) start = at + 1
    } else if (closing.includes(byte)) {
      depth -= 1
      if (depth === 0) elements.push(trimmed(body, start, at))
    } else if (byte === comma && depth === 1) {
      elements.push(trimmed(body, start, at))
      start = at + 1
    }
  }
  return elements
}

/** Without the white space around it: that is the array's. */
function trimmed(body: Buffer, start: number, end: number): Buffer {
  const isSpace = (at: number): boolean => (body[at] ?? 0) <= 0x20
  let [from, to] = [start, end]
  while (from < to && isSpace(from)) from += 1
  while (to > from && isSpace(to - 1)) to -= 1
  return body.subarray(from, to)
}
