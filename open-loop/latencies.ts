import { createHistogram } from 'node:perf_hooks'

/** In milliseconds; null where nothing was measured. */
export interface Percentiles {
  readonly count: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
}

export interface Latencies {
  record(milliseconds: number): void
  percentiles(): Percentiles
}

/** Ten minutes in microseconds: longer than anything is waited for. */
const mostMicroseconds = 600_000_000
/** Percentiles are right to a thousandth. */
const figures = 3

/** Node's own histogram, which is HdrHistogram: no value is left out and none is averaged. */
export function createLatencies(): Latencies {
  const histogram = createHistogram({ lowest: 1, highest: mostMicroseconds, figures })
  const at = (percentile: number): number | null =>
    histogram.count === 0 ? null : histogram.percentile(percentile) / 1000
  return {
    record: (milliseconds) =>
      histogram.record(Math.min(mostMicroseconds, Math.max(1, Math.round(milliseconds * 1000)))),
    percentiles: () => ({
      count: histogram.count,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: histogram.count === 0 ? null : histogram.max / 1000,
    }),
  }
}
