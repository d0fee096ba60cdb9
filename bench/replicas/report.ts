import { ratioOf, spreadOf } from '../figures.ts'
import { markdownTable } from '../table.ts'
import { nameOf, type Layout } from './layout.ts'
import type { Run } from './run.ts'

/** The runs of a layout, in the order of the rounds. */
export interface Measured {
  readonly layout: Layout
  readonly runs: readonly Run[]
}

/** A line for each layout; ratios are to the first one, round by round. */
export function reportOf(measured: readonly Measured[]): string {
  const [first] = measured
  return markdownTable(
    [
      'Layout',
      'Messages/s, median (least to most)',
      'To the first',
      'Service, µs a message',
      'PostgreSQL, µs',
      'Kafka, µs',
      'WAL, bytes a message',
      'Memory of a replica, MB',
      'Rolled back',
      'Deadlocks',
    ],
    measured.map(({ layout, runs }) => {
      const medianOf = (value: (run: Run) => number | null): string => {
        const values = runs.map(value).filter((one) => one !== null)
        return values.length === 0 ? '' : numberText(spreadOf(values).median)
      }
      const { median, min, max } = spreadOf(runs.map(({ messagesPerSecond }) => messagesPerSecond))
      return [
        nameOf(layout),
        `${median.toFixed(0)} (${min.toFixed(0)} to ${max.toFixed(0)})`,
        first === undefined ? '' : spreadOf(ratios(runs, first.runs)).median.toFixed(2),
        medianOf(({ serviceCpu }) => serviceCpu),
        medianOf(({ postgresCpu }) => postgresCpu),
        medianOf(({ kafkaCpu }) => kafkaCpu),
        medianOf(({ walBytesPerMessage }) => walBytesPerMessage),
        medianOf(({ peakMemoryBytes }) => (peakMemoryBytes === null ? null : peakMemoryBytes / 1e6)),
        medianOf(({ rolledBack }) => rolledBack),
        medianOf(({ deadlocks }) => deadlocks),
      ]
    }),
    { texts: 1 },
  )
}

function ratios(over: readonly Run[], under: readonly Run[]): readonly number[] {
  const figure = (name: string, runs: readonly Run[]) => ({
    name,
    unit: 'messages/s',
    goal: null,
    values: runs.map(({ messagesPerSecond }) => messagesPerSecond),
  })
  return ratioOf(figure('over', over), figure('under', under)).values
}

function numberText(value: number): string {
  return value.toFixed(value > 0 && value < 100 ? 1 : 0)
}
