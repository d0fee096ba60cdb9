/** Time from left to right, pieces or events upwards, written as the language writes them. */
import type UPlot from 'uplot'
import type { useFormatter } from 'use-intl'
import type { ChartColours } from './colours.ts'

type Formatter = ReturnType<typeof useFormatter>

/** Over a day or more the hour says little. */
const daySeconds = 86_400

export function axesOf(colours: ChartColours, format: Formatter): UPlot.Axis[] {
  const look = {
    stroke: colours.text,
    font: '11px system-ui, sans-serif',
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  }
  return [
    {
      ...look,
      grid: { show: false },
      space: 90,
      values: (plot, times) => {
        const { min = 0, max = 0 } = plot.scales['x'] ?? {}
        const style = (max ?? 0) - (min ?? 0) > daySeconds ? dayStyle : timeStyle
        return times.map((seconds) => format.dateTime(new Date(seconds * 1000), style))
      },
    },
    {
      ...look,
      size: 64,
      values: (_plot, amounts) => amounts.map((amount) => format.number(amount, { notation: 'compact' })),
    },
  ]
}

const dayStyle = { day: 'numeric', month: 'short' } as const
const timeStyle = { timeStyle: 'short' } as const
