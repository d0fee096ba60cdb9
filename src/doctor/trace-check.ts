import type { Environment } from '../config/settings.ts'
import { exporterIn, withUsablePlaces, type Warn } from '../tracing/variables.ts'
import { ok, warning, type Check } from './check.ts'

/** A collector that says nothing; it is tried more than once meanwhile. */
const answerLimitMs = 3000

/** Whether the collector takes traces, if any are to be sent. */
export async function* checkTraces(given: Environment): AsyncGenerator<Check> {
  const unusable: { readonly name: string; readonly allowed: string }[] = []
  const warn: Warn = (name, allowed) => unusable.push({ name, allowed })
  const environment = withUsablePlaces(given, warn)
  const exporter = exporterIn(environment, warn)
  for (const { name, allowed } of unusable)
    yield warning('traces', `${name} is not used.`, `Here it may be ${allowed}.`)
  if (exporter !== 'otlp') return
  const { tryToSend } = await import('../tracing/try-to-send.ts')
  const refusal = await tryToSend(environment, answerLimitMs)
  yield refusal === null
    ? ok('traces', 'The collector takes them.')
    : warning(
        'traces',
        `The collector does not take them: ${refusal}`,
        'Booking does without it. Does it run, does it take OTLP over HTTP there (4318 as a rule, not 4317), and does it want OTEL_EXPORTER_OTLP_HEADERS?',
      )
}
