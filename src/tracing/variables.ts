/** Values of OpenTelemetry's variables. One that cannot be used counts as not set, as its specification wants. */
import type { Environment } from '../config/settings.ts'

/** Tells of a value that cannot be used, and what could. */
export type Warn = (name: string, allowed: string) => void

/**
 * Whether anybody has asked for traces: by naming an exporter, or a place to send them to. The specification would have
 * every program send them to its own machine unless told otherwise; this one is quiet until it is asked.
 */
export function wantsTraces(environment: Environment): boolean {
  const isSet = (name: string): boolean => (environment[name] ?? '') !== ''
  if (environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return false
  if (isSet('OTEL_TRACES_EXPORTER')) return environment['OTEL_TRACES_EXPORTER']?.trim() !== 'none'
  return isSet('OTEL_EXPORTER_OTLP_ENDPOINT') || isSet('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
}

/** One of the words; the first of them if it is not set. */
export function wordIn(environment: Environment, name: string, words: readonly string[], warn: Warn): string {
  const [usual = ''] = words
  const value = environment[name]?.trim() ?? ''
  if (value === '' || words.includes(value)) return value === '' ? usual : value
  warn(name, words.join(', '))
  return usual
}

/** Numbers, zero or more, by the names of their variables; those that are not set are left out. */
export function numbersIn<Key extends string>(
  environment: Environment,
  names: Readonly<Record<Key, string>>,
  warn: Warn,
): { [One in Key]?: number } {
  const numbers: { [One in Key]?: number } = {}
  for (const key in names) {
    const name = names[key]
    const text = environment[name]?.trim() ?? ''
    const value = Number(text)
    if (text === '') continue
    if (Number.isFinite(value) && value >= 0) numbers[key] = value
    else warn(name, 'a number, zero or more')
  }
  return numbers
}
