/**
 * The balance of a card as steps, along the time at which its lines were recorded, or line by line: what came all at
 * once, as after a pause, is one moment of time.
 */
import { useCallback, useMemo, type ReactNode } from 'react'
import UPlot from 'uplot'
import { useFormatter, useTranslations } from 'use-intl'
import type { CardLine } from '../../../src/client/client.ts'
import { axesOf } from './axes.ts'
import { Chart } from './chart.tsx'
import type { ChartColours } from './colours.ts'

const height = 200

export type BalanceAlong = 'time' | 'line'

interface BalanceChartProps {
  /** At least one, the newest first. */
  readonly lines: readonly CardLine[]
  readonly along: BalanceAlong
}

export function BalanceChart({ lines, along }: BalanceChartProps): ReactNode {
  const t = useTranslations('card')
  const format = useFormatter()
  const data = useMemo(() => (along === 'time' ? stepsByTime(lines) : stepsByLine(lines)), [lines, along])
  const options = useCallback(
    (colours: ChartColours): Omit<UPlot.Options, 'width' | 'height'> => {
      const paths = UPlot.paths.stepped?.({ align: 1 })
      return {
        legend: { show: false },
        cursor: { y: false, points: { size: 6 } },
        scales: {
          x: { time: along === 'time' },
          y: { range: (_plot, low, high) => [Math.min(0, low), Math.max(high * 1.1, 1)] },
        },
        axes: axesOf(colours, format, along),
        series: [
          {},
          {
            stroke: colours.line,
            fill: colours.fill,
            width: 2,
            points: { show: false },
            ...(paths === undefined ? {} : { paths }),
          },
        ],
      }
    },
    [format, along],
  )
  const balances = lines.map(({ balance }) => balance)
  const date = (line: CardLine | undefined): string =>
    line === undefined
      ? ''
      : format.dateTime(new Date(line.recorded_at), { dateStyle: 'medium', timeStyle: 'short' })
  const label = t('chartLabel', {
    first: date(lines.at(-1)),
    last: date(lines[0]),
    low: format.number(Math.min(...balances)),
    high: format.number(Math.max(...balances)),
  })
  return <Chart label={label} height={height} data={data} options={options} />
}

/** From the balance before the oldest line to now. Lines of one moment are one step. */
function stepsByTime(lines: readonly CardLine[]): UPlot.AlignedData {
  const times: number[] = []
  const balances: number[] = []
  for (const { recorded_at, balance } of lines.toReversed()) {
    const time = Date.parse(recorded_at) / 1000
    if (times.at(-1) === time) balances.pop()
    else times.push(time)
    balances.push(balance)
  }
  const last = balances.at(-1)
  if (last !== undefined) {
    times.push(Math.max(Date.now() / 1000, times.at(-1) ?? 0))
    balances.push(last)
  }
  return [times, balances]
}

function stepsByLine(lines: readonly CardLine[]): UPlot.AlignedData {
  const oldestFirst = lines.toReversed()
  return [oldestFirst.map(({ line }) => line), oldestFirst.map(({ balance }) => balance)]
}
