/** A page of the documentation as a list of what its reader does, and of what it says that they will see. */

/** Something that a reader types. */
export interface Command {
  readonly kind: 'command'
  /** Of the page. */
  readonly line: number
  readonly text: string
  /** What the page shows beneath it; null if it shows nothing. `…` stands for what differs. */
  readonly shown: string | null
}

/** Ends what was started last and still runs, as Ctrl-C does. */
export interface Interrupt {
  readonly kind: 'interrupt'
  readonly line: number
}

/** A block that cannot be run here. */
export interface Left {
  readonly kind: 'left'
  readonly line: number
  readonly needs: string
}

export type Step = Command | Interrupt | Left

const blockOrMark = /^ *<!-- reader: (.+?) -->$|^( *)```(sh|console)\n([\s\S]*?)^\2```$/gm

/**
 * The blocks marked `sh` (commands) and `console` (commands after `$`, and what they print). Before a block may stand a comment:
 * `<!-- reader: Ctrl-C -->`, or `<!-- reader: needs … -->` for one that is not run.
 */
export function readGuide(markdown: string): Step[] {
  const steps: Step[] = []
  let needs: string | null = null
  for (const match of markdown.matchAll(blockOrMark)) {
    const [, mark, indent = '', language, indented = ''] = match
    const block = indented.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    const line = markdown.slice(0, match.index).split('\n').length
    if (mark === 'Ctrl-C') steps.push({ kind: 'interrupt', line })
    else if (mark !== undefined) needs = mark.replace(/^needs /, '')
    else if (needs === null) steps.push(...(language === 'sh' ? script(block, line) : dialogue(block, line)))
    else {
      steps.push({ kind: 'left', line, needs })
      needs = null
    }
  }
  return steps
}

/** Commands, one a line; a backslash goes on, and so does what stands between `<<'END'` and `END`. */
function script(block: string, start: number): Command[] {
  return joined(block.split('\n'))
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, at }) => ({ kind: 'command', line: start + 1 + at, text, shown: null }))
}

function dialogue(block: string, start: number): Command[] {
  const lines = block.split('\n')
  const prompts = joined(lines).filter(({ text }) => text.startsWith('$ '))
  return prompts.map(({ text, at, lines: own }, index): Command => {
    const shown = lines
      .slice(at + own, prompts[index + 1]?.at)
      .join('\n')
      .trim()
    return { kind: 'command', line: start + 1 + at, text: text.slice(2), shown: shown === '' ? null : shown }
  })
}

/** Lines of a shell put together to commands, with where they begin, and how many they are. */
function joined(lines: readonly string[]): { text: string; at: number; lines: number }[] {
  const commands: { text: string; at: number; lines: number }[] = []
  for (let at = 0; at < lines.length;) {
    const [first = ''] = [lines[at]]
    const mark = /<<'(\w+)'/.exec(first)?.[1]
    let end = at
    if (mark !== undefined) while (end + 1 < lines.length && lines[end] !== mark) end += 1
    else while (lines[end]?.endsWith('\\') === true) end += 1
    commands.push({ text: lines.slice(at, end + 1).join('\n'), at, lines: end + 1 - at })
    at = end + 1
  }
  return commands
}

/** What is the reader's own in every answer: where a message lies, when it was recorded, numbers that are given out. */
const own = new Set(['partition', 'offset', 'recorded_at', 'updated_at', 'after'])

/** Why what came is not what the page shows; null if it is. JSON is compared as JSON, whatever its line breaks. */
export function difference(shown: string, seen: string): string | null {
  const [wanted, given] = [asJson(shown), asJson(seen)]
  const isSame =
    wanted === undefined || given === undefined
      ? patternOf(shown).test(plain(seen))
      : patternOf(JSON.stringify(wanted)).test(plain(JSON.stringify(given)))
  return isSame ? null : `The page shows:\n${shown}\n\nSeen was:\n${seen}`
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) =>
      own.has(key) && value !== null ? '*' : value,
    ) as unknown
  } catch {
    return undefined
  }
}

/** Columns are as wide as what is in them, and times of now are never again. */
function plain(text: string): string {
  return text
    .trim()
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ ?\n/g, '\n')
    .replaceAll(/20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '*')
}

function patternOf(shown: string): RegExp {
  const parts = plain(shown)
    .split('…')
    .map((part) => RegExp.escape(part))
  return new RegExp(`^${parts.join('[^]*')}$`)
}
