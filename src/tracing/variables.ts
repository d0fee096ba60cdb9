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
  return places.some((name) => textOf(environment, name) !== '') ? 'otlp' : null
}

const places = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']

/** Without places that are none: the library would try to reach them for ever. */
export function withUsablePlaces(environment: Environment, warn: Warn): Environment {
  const isUsable = (place: string): boolean => /^https?:$/.test(URL.parse(place)?.protocol ?? '')
  const unusable = places.filter((name) => {
    const place = textOf(environment, name)
    return place !== '' && !isUsable(place)
  })
  for (const name of unusable) warn(name, 'an http or https URL')
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !unusable.includes(name)))
}

/** The libraries read these names of the process alone: there they are to be as in the environment that is given. */
export function passOn(environment: Environment): void {
  const isOurs = (name: string): boolean => name.startsWith('OTEL_')
  for (const name of Object.keys(process.env).filter(isOurs)) delete process.env[name]
  for (const [name, value] of Object.entries(environment))
    if (isOurs(name) && value !== undefined) process.env[name] = value
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
    else warn(name, `a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`)
  }
  return numbers
}

function textOf(environment: Environment, name: string): string {
  return environment[name]?.trim() ?? ''
}
