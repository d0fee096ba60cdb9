import { ExportResultCode, type ExportResult } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import type { Environment } from '../config/settings.ts'
import { describeError } from '../telemetry/describe-error.ts'
import { passOn } from './variables.ts'

/** Sends no span at all to the collector of the variables; null if it takes that, else why not. */
export async function tryToSend(environment: Environment, limitMs: number): Promise<string | null> {
  passOn(environment)
  const exporter = new OTLPTraceExporter({ timeoutMillis: limitMs })
  try {
    const result = await new Promise<ExportResult>((resolve) => exporter.export([], resolve))
    if (result.code === ExportResultCode.SUCCESS) return null
    return result.error === undefined ? 'It does not say why.' : describeError(result.error).message
  } finally {
    await exporter.shutdown()
  }
}
