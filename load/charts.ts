/** The five charts of a run. */
import { colors, drawSvg, grey, type ChartOption } from './chart.ts'
import { duration, short, wholeNumber } from './format.ts'
import type { IntakeResult, LoadResults, ReadResult } from './results.ts'
import { resourcesChart } from './resources-chart.ts'

const size = { width: 860, height: 430 }

/** By the name of the file. */
export function chartsOf(results: LoadResults): Map<string, string> {
  const { reads, intake, recovery } = results
  const charts = new Map([
    ['reads.svg', drawSvg(readsChart(results), size)],
    ['intake.svg', drawSvg(intakeChart(intake), size)],
    ['visible.svg', drawSvg(visibleChart(intake), size)],
    ['resources.svg', drawSvg(resourcesChart({ intake, reads }), { width: 860, height: 640 })],
    ['recovery.svg', drawSvg(recoveryChart(results), size)],
  ])
  if (recovery === null) charts.delete('recovery.svg')
  return charts
}

function readsChart({ reads, backgroundPerSecond }: LoadResults): ChartOption {
  const percentiles = [
    ['p50', 'p50'],
    ['p90', 'p90'],
    ['p99', 'p99'],
    ['p999', 'p99.9'],
  ] as const
  return {
    title: heading(
      'Read latency by request rate',
      `Cards and movements by HTTP, while ${backgroundPerSecond} events a second are booked`,
    ),
    ...frame,
    xAxis: rateAxis(reads, 'requests offered per second'),
    yAxis: latencyAxis('latency, from due to answered'),
    series: percentiles.map(([key, name]) =>
      line(
        name,
        reads.map(({ latency }) => latency[key]),
      ),
    ),
  }
}

function intakeChart(intake: readonly IntakeResult[]): ChartOption {
  return {
    title: heading(
      'Intake and lag by rate offered to Kafka',
      'What is booked of what is sent, and what still waits when the step ends',
    ),
    ...frame,
    xAxis: rateAxis(intake, 'events offered per second'),
    yAxis: [
      { ...axis('events per second'), type: 'value', axisLabel: { formatter: short } },
      {
        ...axis('events waiting at the end'),
        type: 'value',
        axisLabel: { formatter: short },
        splitLine: { show: false },
      },
    ],
    series: [
      {
        ...line(
          'offered',
          intake.map(({ offeredPerSecond }) => offeredPerSecond),
        ),
        lineStyle: { type: 'dashed' },
        color: colors[4],
      },
      {
        ...line(
          'booked',
          intake.map(({ bookedPerSecond }) => Math.round(bookedPerSecond)),
        ),
        color: colors[0],
      },
      {
        type: 'bar',
        name: 'waiting at the end (right axis)',
        data: intake.map(({ lagAtEnd }) => lagAtEnd),
        yAxisIndex: 1,
        barMaxWidth: 26,
        color: colors[2],
        z: 1,
      },
    ],
  }
}

function visibleChart(intake: readonly IntakeResult[]): ChartOption {
  return {
    title: heading(
      'From produced to visible, by intake rate',
      'From when a message was due to be sent to when a read by HTTP shows it',
    ),
    ...frame,
    xAxis: rateAxis(intake, 'events offered per second'),
    yAxis: latencyAxis('latency, from due to visible'),
    series: [
      line(
        'p50 visible',
        intake.map(({ visible }) => visible.p50),
      ),
      line(
        'p99 visible',
        intake.map(({ visible }) => visible.p99),
      ),
      {
        ...line(
          'p50 in Kafka',
          intake.map(({ acknowledged }) => acknowledged.p50),
        ),
        lineStyle: { type: 'dashed' },
        color: colors[4],
      },
    ],
  }
}

function recoveryChart({ recovery }: LoadResults): ChartOption {
  const { lag, lagAtEnd, seconds, offeredPerSecond } = recovery ?? {
    lag: [],
    lagAtEnd: 0,
    seconds: 0,
    offeredPerSecond: 0,
  }
  return {
    title: heading(
      'Recovery after the overload',
      `${short(offeredPerSecond)} events/s until second 0, then none: ${wholeNumber(lagAtEnd)} waiting events are booked in ${duration(seconds * 1000)}`,
    ),
    ...frame,
    legend: { show: false },
    xAxis: {
      ...axis('seconds from the end of the overload'),
      type: 'value',
      nameGap: 30,
      min: 'dataMin',
      max: 'dataMax',
      axisLabel: {
        formatter: (value: number) => value.toFixed(0),
        hideOverlap: true,
        showMinLabel: false,
        showMaxLabel: false,
      },
    },
    yAxis: {
      ...axis('events waiting'),
      type: 'value',
      axisLabel: { formatter: short },
      axisLine: { onZero: false },
    },
    series: [
      {
        type: 'line',
        name: 'lag',
        data: lag.map(({ seconds: at, messages }) => [at, messages]),
        symbolSize: 5,
        areaStyle: { opacity: 0.15 },
        markLine: {
          symbol: 'none',
          silent: true,
          lineStyle: { color: '#555', type: 'dashed' },
          label: { formatter: 'overload ends', color: '#555' },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  }
}

const frame = {
  grid: { left: 80, right: 80, top: 96, bottom: 78 },
  legend: { top: 56, left: 76, itemGap: 22 },
} as const

function heading(text: string, subtext: string) {
  return {
    text,
    subtext,
    left: 16,
    top: 8,
    textStyle: { fontSize: 17 },
    subtextStyle: { fontSize: 13, color: '#555' },
  }
}

function axis(name: string) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap: 52,
    nameTextStyle: { fontSize: 13, color: '#333' },
    splitLine: { lineStyle: { color: '#e4e4e4' } },
  }
}

/** Rates grow by factors, so that equal distances suit them; the last one says how it ended. */
function rateAxis(steps: readonly (IntakeResult | ReadResult)[], name: string) {
  const data = steps.map(({ offeredPerSecond, verdict }) =>
    verdict === 'kept up' ? short(offeredPerSecond) : `${short(offeredPerSecond)}\n${verdict}`,
  )
  return { ...axis(name), nameGap: 44, type: 'category' as const, data, axisLabel: { interval: 0 } }
}

/** Of factors, too: a millisecond and ten seconds are both to be seen. */
function latencyAxis(name: string) {
  const label = (value: number): string => (value >= 1000 ? `${value / 1000} s` : `${value} ms`)
  return {
    ...axis(name),
    nameGap: 58,
    type: 'log' as const,
    axisLabel: { formatter: label },
    minorSplitLine: { show: true, lineStyle: { color: '#f2f2f2' } },
    minorTick: { show: true, splitNumber: 9 },
    axisLine: { show: true, lineStyle: { color: grey } },
  }
}

function line(name: string, data: readonly (number | null)[]) {
  return {
    type: 'line' as const,
    name,
    data: [...data],
    symbol: 'circle',
    symbolSize: 7,
    lineStyle: { width: 2 },
  }
}
