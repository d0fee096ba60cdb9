/** Numbers, times and states, as everywhere in the dashboard. */
import { Badge, Text, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useNow, useTranslations } from 'use-intl'
import type { MovementStatus } from '../../../src/client/client.ts'
import { durationOf } from './duration.ts'

/** Ages are counted on this often, in milliseconds. */
const ageEveryMs = 10_000

export function Pieces({ count }: { count: number | null }): ReactNode {
  const format = useFormatter()
  return <span className="figure">{count === null ? '–' : format.number(count)}</span>
}

/** With its sign, and coloured by it. */
export function SignedPieces({ count }: { count: number }): ReactNode {
  const format = useFormatter()
  const colour = count < 0 ? 'departure' : 'arrival'
  return (
    <Text component="span" inherit className="figure" c={count === 0 ? 'dimmed' : `var(--bincard-${colour})`}>
      {format.number(count, { signDisplay: 'exceptZero' })}
    </Text>
  )
}

/** By the person's clock and language, to the second; pointing at it tells how long ago. */
export function When({ at }: { at: string | null }): ReactNode {
  const format = useFormatter()
  const now = useNow({ updateInterval: ageEveryMs })
  if (at === null) return <span>–</span>
  const moment = new Date(at)
  return (
    <Tooltip label={format.relativeTime(moment, now)} openDelay={300}>
      <time dateTime={at} className="figure">
        {format.dateTime(moment, { dateStyle: 'medium', timeStyle: 'medium' })}
      </time>
    </Tooltip>
  )
}

/** Two units, the larger ones that are not nought; negative where clocks disagree. */
export function Duration({ seconds }: { seconds: number }): ReactNode {
  return <span className="figure">{useDuration()(seconds)}</span>
}

export function useDuration(): (seconds: number) => string {
  const t = useTranslations('duration')
  return (seconds) => {
    const { unit, parts } = durationOf(Math.abs(seconds))
    return `${seconds < 0 ? '−' : ''}${t(unit, parts)}`
  }
}

/** Since a moment. It turns yellow at half the limit, and red at the limit. */
export function Age({ since, overdueSeconds }: { since: string; overdueSeconds: number }): ReactNode {
  const now = useNow({ updateInterval: ageEveryMs })
  const seconds = (now.getTime() - Date.parse(since)) / 1000
  const degree = seconds >= overdueSeconds ? 'late' : seconds >= overdueSeconds / 2 ? 'soon' : 'fine'
  return (
    <span className="age" data-degree={degree}>
      <Duration seconds={seconds} />
    </span>
  )
}

const statusColours: Readonly<Record<MovementStatus, string>> = {
  opening_stock: 'gray',
  mismatched: 'red',
  departure_held: 'orange',
  awaiting_departure: 'orange',
  in_transit: 'blue',
  completed: 'teal',
  short: 'red',
  over: 'red',
}

export function Status({ status }: { status: MovementStatus }): ReactNode {
  const t = useTranslations('status')
  const text = useTranslations('statusText')
  return (
    <Tooltip label={text(status)} openDelay={300} multiline maw={320}>
      <Badge variant="light" color={statusColours[status]} tt="none" fw={500}>
        {t(status)}
      </Badge>
    </Tooltip>
  )
}
