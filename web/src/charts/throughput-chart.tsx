/** Events by outcome, a second, stacked on each other. */
import { Group, Text } from '@mantine/core'
import { useCallback, useMemo, type ReactNode } from 'react'
import type UPlot from 'uplot'
import { useFormatter, useTranslations } from 'use-intl'
import { countedOutcomes, type Throughput } from '../live/throughput.ts'
import { Chart } from './chart.tsx'
import type { ChartColours } from './colours.ts'
import { axesOf } from './axes.ts'

const height = 220
/** The last seconds, whose mean is what is called now. */
const nowSeconds = 5

export function ThroughputChart({ throughput }: { throughput: Throughput }): ReactNode {
  const t = useTranslations('overview')
  const format = useFormatter()
  const { data, totals } = useMemo(() => stack(throughput), [throughput])
  const now = totals.slice(-nowSeconds).reduce((sum, total) => sum + total, 0) / nowSeconds
  const label = t('throughputNow', {
    rate: format.number(now, { maximumFractionDigits: 0 }),
    peak: format.number(Math.max(...totals), { maximumFractionDigits: 0 }),
  })
  const options = useCallback(
    (colours: ChartColours): Omit<UPlot.Options, 'width' | 'height'> => ({
      cursor: { show: false },
      legend: { show: false },
      scales: { y: { range: (_plot, _low, high) => [0, Math.max(high * 1.1, 1)] } },
      axes: axesOf(colours, format),
      series: [
        {},
        // The sum of all is drawn first, and each smaller sum over it.
        ...countedOutcomes.toReversed().map((outcome) => ({
          stroke: colours[outcome],
          fill: colours[outcome],
          width: 0,
          points: { show: false },
        })),
      ],
    }),
    [format],
  )
  return (
    <>
      <Chart label={label} height={height} data={data} options={options} />
      <Legend />
    </>
  )
}

function Legend(): ReactNode {
  const t = useTranslations('outcome')
  return (
    <Group gap="md" mt={4}>
      {countedOutcomes.map((outcome) => (
        <Group key={outcome} gap={6}>
          <span className="swatch" style={{ background: `var(--bincard-${outcome})` }} />
          <Text size="xs" c="dimmed">
            {t(outcome)}
          </Text>
        </Group>
      ))}
    </Group>
  )
}

/** Each series is the sum of its outcome and those below it; the largest sum comes first. */
function stack({ seconds, counts }: Throughput): { data: UPlot.AlignedData; totals: number[] } {
  const sums: number[][] = []
  let below = seconds.map(() => 0)
  for (const outcome of countedOutcomes) {
    below = below.map((sum, index) => sum + (counts[outcome][index] ?? 0))
    sums.push(below)
  }
  return { data: [[...seconds], ...sums.toReversed()], totals: below }
}
