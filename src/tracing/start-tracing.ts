/**
 * Sends traces by the variables that every OpenTelemetry program knows (docs/traces.md has the list). They are not settings
 * of ours: other programs in the same environment read them, too, so a value that is of no use here is told of in the log,
 * and does not keep the service from booking.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  context,
  diag,
  DiagLogLevel,
  propagation,
  ROOT_CONTEXT,
  trace,
  type TextMapPropagator,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import type { Environment } from '../config/settings.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { TracingOptions } from './open-tracing.ts'
import {
  listIn,
  numbersIn,
  passOn,
  wordIn,
  type Exporter,
  type NumberVariable,
  type Warn,
} from './variables.ts'
import { beginRequest } from './trace-request.ts'
import { observeWork, tracePages, tracePositions } from './trace-reads.ts'
import { traceProducer } from './trace-producer.ts'
import { traceStore } from './trace-store.ts'
import type { Tracing } from './tracing.ts'

export interface SendingOptions extends TracingOptions {
  readonly exporter: Exporter
  readonly warn: Warn
}

/** Longest wait, at the end, for the last spans to be sent: nobody's stock depends on them. */
const lastSendMs = 2000

/** The API of OpenTelemetry is global to the process. */
export function startTracing(options: SendingOptions): Tracing {
  const { environment, exporter, version, groupId, logger, warn } = options
  passOn(environment)
  diag.setLogger(diagnostics(logger), DiagLogLevel.WARN)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(propagatorIn(environment, warn))
  const limits = numbersIn(environment, spanLimits, warn)
  const { linkCountLimit: mostLinks = usualLinks } = limits
  const own = { 'service.name': 'bincard', 'service.version': version }
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes(own))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerIn(environment, warn),
    spanProcessors: processorsIn(exporter, environment, warn),
    spanLimits: limits,
  })
  trace.setGlobalTracerProvider(provider)
  logger.info('traces are sent')
  return {
    store: (store) => traceStore(store, { groupId, mostLinks }),
    producer: traceProducer,
    pages: tracePages,
    positions: tracePositions,
    database: { observeWork },
    beginRequest,
    stop: async () => {
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        sleep(lastSendMs, null, { ref: false }),
      ])
    },
  }
}

function diagnostics(logger: Logger): Parameters<typeof diag.setLogger>[0] {
  // They come in whatever context was there by chance.
  const warn = (message: string): void =>
    context.with(ROOT_CONTEXT, () => logger.warn({ part: 'traces' }, message))
  const ignore = (): void => {}
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore }
}

/** Baggage may be named, as it is elsewhere; nothing here reads it. */
function propagatorIn(environment: Environment, warn: Warn): TextMapPropagator {
  const names = ['tracecontext', 'baggage', 'none']
  const wanted = listIn(environment, 'OTEL_PROPAGATORS', names, warn) ?? ['tracecontext']
  const isWanted = wanted.includes('tracecontext') && !wanted.includes('none')
  return isWanted ? new W3CTraceContextPropagator() : new CompositePropagator()
}

function samplerIn(environment: Environment, warn: Warn): Sampler {
  const name = wordIn(environment, 'OTEL_TRACES_SAMPLER', samplerNames, warn)
  const { ratio = 1 } = numbersIn(environment, { ratio: sampled }, warn)
  const [root, isParentBased] = name.startsWith('parentbased_')
    ? [name.slice('parentbased_'.length), true]
    : [name, false]
  const sampler = samplers[root]?.(ratio) ?? new AlwaysOnSampler()
  return isParentBased ? new ParentBasedSampler({ root: sampler }) : sampler
}

const samplers: Readonly<Record<string, (ratio: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
}
/** The first one is what holds without the variable. */
const samplerNames = Object.keys(samplers).flatMap((name) => [`parentbased_${name}`, name])

const sampled = { name: 'OTEL_TRACES_SAMPLER_ARG', least: 0, most: 1, isWhole: false }

function processorsIn(exporter: Exporter, environment: Environment, warn: Warn): SpanProcessor[] {
  if (exporter === 'console') return [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })]
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'])
    wordIn(environment, name, ['http/protobuf'], warn)
  return [
    new BatchSpanProcessor({
      exporter: new OTLPTraceExporter(),
      ...numbersIn(environment, batchLimits, warn),
    }),
  ]
}

/** Of Node; a longer one would be none. */
const longestTimerMs = 2_147_483_647

const batchLimits = {
  maxQueueSize: atLeast(1, 'OTEL_BSP_MAX_QUEUE_SIZE'),
  maxExportBatchSize: atLeast(1, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
  scheduledDelayMillis: { ...atLeast(1, 'OTEL_BSP_SCHEDULE_DELAY'), most: longestTimerMs },
  exportTimeoutMillis: { ...atLeast(1, 'OTEL_BSP_EXPORT_TIMEOUT'), most: longestTimerMs },
}

const spanLimits = {
  linkCountLimit: atLeast(0, 'OTEL_SPAN_LINK_COUNT_LIMIT'),
  attributeValueLengthLimit: atLeast(1, 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'),
}
/** Of the specification. */
const usualLinks = 128

function atLeast(least: number, name: string): NumberVariable {
  return { name, least, isWhole: true }
}
