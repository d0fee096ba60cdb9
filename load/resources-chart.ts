import { colors, type ChartOption } from './chart.ts'
import { short } from './format.ts'
import type { IntakeResult, ReadResult } from './results.ts'
import type { Usage } from './watch.ts'

type Step = IntakeResult | ReadResult

const rows: readonly { readonly key: keyof Usage; readonly name: string }[] = [
  { key: 'cpuCores', name: 'processor (cores)' },
  { key: 'residentMegabytes', name: 'memory (MB)' },
  { key: 'eventLoopP99Ms', name: 'event loop p99 (ms)' },
]
const rowHeight = 170
const top = 84

/** Six small charts: what the process of the service takes, in rows, by intake on the left and by reads on the right. */
export function resourcesChart(steps: {
  readonly intake: readonly Step[]
  readonly reads: readonly Step[]
}): ChartOption {
  const columns = [
    { steps: steps.intake, name: 'events offered per second', left: '9%' },
    { steps: steps.reads, name: 'requests offered per second', left: '57%' },
  ]
  const cells = rows.flatMap((row, rowIndex) =>
    columns.map((column, columnIndex) => ({ row, rowIndex, column, columnIndex })),
  )
  return {
    title: {
      text: 'What the service takes of the machine',
      subtext:
        'Its process alone, without PostgreSQL, Kafka and Redis. At rest the event loop shows 10 ms: the timer that measures.',
      left: 16,
      top: 8,
      textStyle: { fontSize: 17 },
      subtextStyle: { fontSize: 13, color: '#555' },
    },
    grid: cells.map(({ rowIndex, column }) => ({
      left: column.left,
      width: '39%',
      top: top + rowIndex * rowHeight,
      height: rowHeight - 56,
    })),
    xAxis: cells.map(({ rowIndex, column }, index) => ({
      type: 'category' as const,
      gridIndex: index,
      data: column.steps.map(({ offeredPerSecond }) => short(offeredPerSecond)),
      axisLabel: { interval: 0, hideOverlap: true },
      ...(rowIndex === rows.length - 1
        ? { name: column.name, nameLocation: 'middle' as const, nameGap: 30 }
        : {}),
    })),
    yAxis: cells.map(({ row }, index) => ({
      type: 'value' as const,
      gridIndex: index,
      min: 0,
      splitNumber: 3,
      name: row.name,
      nameTextStyle: { align: 'left' as const, color: '#333' },
      nameGap: 10,
      splitLine: { lineStyle: { color: '#e4e4e4' } },
    })),
    series: cells.map(({ row, rowIndex, column }, index) => ({
      type: 'line' as const,
      xAxisIndex: index,
      yAxisIndex: index,
      color: colors[rowIndex] ?? colors[0],
      symbol: 'circle',
      symbolSize: 6,
      data: column.steps.map(({ usage }) => (usage === null ? null : Number(usage[row.key].toFixed(2)))),
    })),
  }
}
