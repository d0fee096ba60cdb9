import { secretPattern } from '../access/api-key.ts'

/**
 * What a log may say about an error. Only named fields are taken over: errors of PostgreSQL carry the values of
 * rows in `detail` and `where`, and those of other libraries may carry whole requests.
 */
export interface ErrorDescription {
  readonly name: string
  /** Of a Fault: the part that broke, and what may be done about it. */
  readonly part?: string
  readonly kind?: string
  /** The Fault's code, a SQLSTATE, or the code of a system call. */
  readonly code?: string
  /** The violated constraint of the database: our own name for a rule. */
  readonly constraint?: string
  readonly message: string
  /** Messages of the causes, the nearest first. */
  readonly causes?: readonly string[]
  /** Only places in the code, one a line. */
  readonly stack?: string
}

/** Most causes that are described; a longer chain is a loop or says nothing more. */
const maxCauses = 8

/** Describes anything that was thrown. Never throws itself; never shows passwords, SQL values or payloads. */
export function describeError(thrown: unknown): ErrorDescription {
  if (!(thrown instanceof Error))
    return { name: typeof thrown, message: 'Something was thrown that is no error.' }
  const causes = causesOf(thrown).map(describeCause)
  return {
    name: thrown.name,
    ...textFields(thrown, ['part', 'kind', 'code', 'constraint']),
    message: safeMessage(thrown),
    ...(causes.length > 0 && { causes }),
    ...(thrown.stack !== undefined && { stack: framesOf(thrown.stack) }),
  }
}

/** Takes user and password out of every URL in a text, what stands behind `password=`, and API keys wherever they stand. */
export function hideCredentials(text: string): string {
  return text
    .replaceAll(credentialsOfUrl, '://[hidden]@')
    .replaceAll(namedSecret, '$1=[hidden]')
    .replaceAll(secretPattern, '[hidden]')
}

/** Up to the last `@` of the word: a password that nobody encoded may itself have one, or a slash. */
const credentialsOfUrl = /:\/\/[^\s"']*@/g
const namedSecret = /\b(pass(?:word|wd)?|pwd|secret|token)=[^\s"'&;,]+/gi

/** The causes and, where one error stands for several, its parts; in the order in which they were met. */
function causesOf(error: Error): Error[] {
  const found: Error[] = []
  const waiting: unknown[] = [error]
  while (waiting.length > 0 && found.length <= maxCauses) {
    const next = waiting.shift()
    if (!(next instanceof Error) || found.includes(next)) continue
    found.push(next)
    waiting.push(next.cause, ...(next instanceof AggregateError ? next.errors : []))
  }
  return found.slice(1)
}

function describeCause(error: Error): string {
  const { code } = textFields(error, ['code'])
  // An AggregateError has no text of its own: its parts, which follow, have it.
  return [code ?? error.name, safeMessage(error)].filter((text) => text !== '').join(': ')
}

function safeMessage(error: Error): string {
  return quotesInput(error)
    ? 'The text is left out: it quotes what was read.'
    : hideCredentials(error.message)
}

/**
 * Two kinds of errors repeat a piece of their input in the message: a SyntaxError (`JSON.parse` does), and what
 * PostgreSQL says about data (SQLSTATE class 22, for example `invalid input syntax for type uuid: "…"`).
 */
function quotesInput(error: Error): boolean {
  const { code, severity } = textFields(error, ['code', 'severity'])
  return (
    error instanceof SyntaxError || (severity !== undefined && code !== undefined && code.startsWith('22'))
  )
}

/** A stack begins with the message, which is told elsewhere, made safe. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join('\n')
}

function textFields<Name extends string>(error: Error, names: readonly Name[]): { [Key in Name]?: string } {
  const fields: { [Key in Name]?: string } = {}
  for (const name of names) {
    const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value
    if (typeof value === 'string') fields[name] = value
  }
  return fields
}
