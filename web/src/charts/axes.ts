/** Time or lines from left to right, pieces or events upwards, written as the language writes them. */
import type UPlot from 'uplot'
import type { DateTimeFormatOptions, useFormatter } from 'use-intl'
import type { ChartColours } from './colours.ts'

type Formatter = ReturnType<typeof useFormatter>

const minuteSeconds = 60
const daySeconds = 86_400
/** Of the labels below a chart, in pixels. */
const labelsHeight = 30

export function axesOf(
  colours: ChartColours,
  format: Formatter,
  along: 'time' | 'line' = 'time',
): UPlot.Axis[] {
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
      size: labelsHeight,
      space: 90,
      values: (_plot, places, _axis, _space, step) =>
        places.map((place) => {
          if (along === 'line') return Number.isInteger(place) ? format.number(place) : ''
          const time = new Date(place * 1000)
          return format.dateTime(time, styleOf(time, step))
        }),
    },
    {
      ...look,
      size: 64,
      values: (_plot, amounts) => amounts.map((amount) => format.number(amount, { notation: 'compact' })),
    },
  ]
}

/** As fine as the steps between the labels; the midnight between two days is the day that begins. */
function styleOf(time: Date, stepSeconds: number): DateTimeFormatOptions {
  if (stepSeconds < minuteSeconds) return { timeStyle: 'medium' }
  const isMidnight = time.getHours() === 0 && time.getMinutes() === 0
  return stepSeconds >= daySeconds || isMidnight ? { day: 'numeric', month: 'short' } : { timeStyle: 'short' }
}
