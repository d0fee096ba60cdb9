/** Events a second: those that were booked, and upon them the others. */
import { Group, Text } from '@mantine/core'
import { useCallback, useMemo, type ReactNode } from 'react'
import type UPlot from 'uplot'
import { useFormatter, useTranslations } from 'use-intl'
import type { Throughput } from '../live/throughput.ts'
import { axesOf } from './axes.ts'
import { Chart } from './chart.tsx'
import type { ChartColours } from './colours.ts'

const height = 220
/** The last seconds, whose mean is what is called now. */
const nowSeconds = 5

export function ThroughputChart({ throughput }: { throughput: Throughput }): ReactNode {
  const t = useTranslations('overview')
  const format = useFormatter()
  const { seconds, booked, other } = throughput
  const all = useMemo(() => booked.map((count, index) => count + (other[index] ?? 0)), [booked, other])
  const data = useMemo((): UPlot.AlignedData => [[...seconds], all, [...booked]], [seconds, all, booked])
  const options = useCallback(
    (colours: ChartColours): Omit<UPlot.Options, 'width' | 'height'> => ({
      cursor: { show: false },
      legend: { show: false },
      scales: { y: { range: (_plot, _low, high) => [0, Math.max(high * 1.1, 1)] } },
      axes: axesOf(colours, format),
      // The sum is drawn first, and the booked ones over it.
      series: [{}, area(colours.other), area(colours.booked)],
    }),
    [format],
  )
  const now = all.slice(-nowSeconds).reduce((sum, count) => sum + count, 0) / nowSeconds
  const label = t('throughputNow', {
    rate: format.number(now, { maximumFractionDigits: 0 }),
    peak: format.number(Math.max(...all), { maximumFractionDigits: 0 }),
  })
  return (
    <>
      <Chart label={label} height={height} data={data} options={options} />
      <Group gap="md" mt={4}>
        <LegendItem colour="booked" text={t('legendBooked')} />
        <LegendItem colour="other" text={t('legendOther')} />
      </Group>
    </>
  )
}

function area(colour: string): UPlot.Series {
  return { stroke: colour, fill: colour, width: 0, points: { show: false } }
}

function LegendItem({ colour, text }: { colour: keyof ChartColours; text: string }): ReactNode {
  return (
    <Group gap={6}>
      <span className="swatch" style={{ background: `var(--bincard-${colour})` }} />
      <Text size="xs" c="dimmed">
        {text}
      </Text>
    </Group>
  )
}
