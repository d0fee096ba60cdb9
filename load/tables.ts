import { duration, percent, rate, wholeNumber } from './format.ts'
import type { IntakeResult, LoadResults, ReadResult } from './results.ts'

export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export function tablesOf({ intake, reads }: LoadResults): Table[] {
  return [
    {
      title: 'Intake',
      head: [
        'Offered',
        'Booked',
        'Waiting at the end',
        'Visible p50',
        'Visible p99',
        ...usageHead,
        ...endHead,
      ],
      rows: intake.map((step) => [
        rate(step.offeredPerSecond),
        rate(step.bookedPerSecond),
        wholeNumber(step.lagAtEnd),
        duration(step.visible.p50),
        duration(step.visible.p99),
        ...usageCells(step),
        ...endCells(step),
      ]),
    },
    {
      title: 'Reads',
      head: ['Offered', 'Answered', 'p50', 'p90', 'p99', 'p99.9', ...usageHead, ...endHead],
      rows: reads.map((step) => [
        rate(step.offeredPerSecond),
        rate(step.answeredPerSecond),
        duration(step.latency.p50),
        duration(step.latency.p90),
        duration(step.latency.p99),
        duration(step.latency.p999),
        ...usageCells(step),
        ...endCells(step),
      ]),
    },
  ]
}

const usageHead = ['Cores', 'Memory']
const endHead = ['Generator late by', 'Verdict']

function usageCells({ usage }: IntakeResult | ReadResult): string[] {
  return usage === null ? ['–', '–'] : [usage.cpuCores.toFixed(2), `${usage.residentMegabytes.toFixed(0)} MB`]
}

function endCells({ generator, verdict }: IntakeResult | ReadResult): string[] {
  const late = `${duration(generator.worstLatenessMs)} at most, ${percent(generator.behindShare)} at the end`
  return [late, verdict]
}

export function markdownTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(head),
    line(head.map((_, index) => (index === head.length - 1 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n')
}
