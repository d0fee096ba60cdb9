/** Values of OpenTelemetry's variables. One that cannot be used counts as not set, as its specification wants. */
import type { Environment } from '../config/settings.ts'

/** Tells of a value that cannot be used, and what could. */
export type Warn = (name: string, allowed: string) => void

/** The first one is what is used when only a place is named. */
const exporters = ['otlp', 'console'] as const
export type Exporter = (typeof exporters)[number]

/**
 * How traces are to be sent, if anybody has asked for them: by naming an exporter, or a place to send them to; null if
 * not. The specification would have every program send them to its own machine unless told otherwise; this one is quiet
 * until it is asked.
 */
export function exporterIn(environment: Environment, warn: Warn): Exporter | null {
  const [isDisabled, named] = [
    textOf(environment, 'OTEL_SDK_DISABLED'),
    textOf(environment, 'OTEL_TRACES_EXPORTER'),
  ]
  if (isDisabled.toLowerCase() === 'true' || named === 'none') return null
  const known = exporters.find((one) => one === named)
  if (known !== undefined) return known
  if (named !== '') warn('OTEL_TRACES_EXPORTER', [...exporters, 'none'].join(', '))
  const places = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
  return places.some((name) => isPlace(environment, name, warn)) ? 'otlp' : null
}

function isPlace(environment: Environment, name: string, warn: Warn): boolean {
  const place = textOf(environment, name)
  if (place === '') return false
  const isUsable = /^https?:$/.test(URL.parse(place)?.protocol ?? '')
  if (!isUsable) warn(name, 'an http or https URL')
  return isUsable
}

/** The libraries read these names of the process alone, and `.env` may have some of them. */
export function passOn(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('OTEL_') && value !== undefined) process.env[name] ??= value
  }
}

/** One of the words; the first of them if it is not set. */
export function wordIn(environment: Environment, name: string, words: readonly string[], warn: Warn): string {
  const [usual = ''] = words
  const value = textOf(environment, name)
  if (value === '' || words.includes(value)) return value === '' ? usual : value
  warn(name, words.join(', '))
  return usual
}

/** Words of a list; undefined if none is set. Those that are not known are left out. */
export function listIn(
  environment: Environment,
  name: string,
  words: readonly string[],
  warn: Warn,
): string[] | undefined {
  const given = textOf(environment, name)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const known = given.filter((word) => words.includes(word))
  if (known.length < given.length) warn(name, `a list of ${words.join(', ')}`)
  return known.length === 0 ? undefined : known
}

/** A number that a variable may have. */
export interface NumberVariable {
  readonly name: string
  readonly least: number
  readonly most?: number
  readonly isWhole: boolean
}

/** By the keys of their variables; those that are not set are left out. */
export function numbersIn<Key extends string>(
  environment: Environment,
  variables: Readonly<Record<Key, NumberVariable>>,
  warn: Warn,
): { [One in Key]?: number } {
  const numbers: { [One in Key]?: number } = {}
  for (const key in variables) {
    const { name, least, most = Number.MAX_SAFE_INTEGER, isWhole } = variables[key]
    const text = textOf(environment, name)
    const value = Number(text)
    if (text === '') continue
    if (value >= least && value <= most && (!isWhole || Number.isSafeInteger(value))) numbers[key] = value
    else
      warn(name, `a ${isWhole ? 'whole ' : ''}number, ${least} or more${most === 1 ? ', and at most 1' : ''}`)
  }
  return numbers
}

function textOf(environment: Environment, name: string): string {
  return environment[name]?.trim() ?? ''
}
