/** The figures of the head, each a way to what it counts. */
import { Paper, SimpleGrid, Text } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Overview } from '../../../../src/client/client.ts'
import classes from './figure-tiles.module.css'

export function FigureTiles({ overview }: { overview: Overview }): ReactNode {
  const t = useTranslations('overview')
  const format = useFormatter()
  const { totals, lag, rate } = overview
  const number = (count: number): string => format.number(count)
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      <Tile
        to="/warehouses"
        name={t('cards')}
        value={number(totals.cards)}
        hint={t('cardsHint', { warehouses: totals.warehouses, lines: number(totals.lines) })}
      />
      <Tile
        to="/transit"
        name={t('transit')}
        value={number(totals.movements_in_transit)}
        hint={t('transitHint', {
          departed: number(totals.movements_departed),
          arrived: number(totals.movements_arrived),
        })}
      />
      <Tile to="/held" name={t('held')} value={number(totals.departures_held)} hint={t('heldHint')} />
      <Tile
        to="/quarantine"
        name={t('quarantine')}
        value={number(totals.quarantine_open)}
        hint={t('quarantineHint')}
        isBad={totals.quarantine_open > 0}
      />
      <Tile
        to="/movements"
        name={t('rate')}
        value={rate.events_per_second === null ? '–' : format.number(rate.events_per_second, oneDigit)}
        hint={t('rateHint', {
          seconds: rate.over_seconds === null ? '–' : number(Math.round(rate.over_seconds)),
        })}
      />
      <Tile
        to="/movements"
        name={t('lag')}
        value={lag.total === null ? '–' : number(lag.total)}
        hint={lag.total === null ? t('unknownHint') : t('lagHint')}
      />
    </SimpleGrid>
  )
}

const oneDigit = { maximumFractionDigits: 1 }

interface TileProps {
  readonly name: string
  readonly value: string
  readonly hint: string
  readonly isBad?: boolean
}

interface TileLinkProps extends TileProps, Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof TileProps> {
  readonly ref?: Ref<HTMLAnchorElement>
}

const Tile = createLink(function TileLink({ name, value, hint, isBad, ...link }: TileLinkProps): ReactNode {
  return (
    <Paper component="a" withBorder p="md" {...link} className={classes['tile']}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text
        className="figure"
        fz={26}
        fw={600}
        lh={1.25}
        c={isBad === true ? 'var(--bincard-late)' : 'inherit'}
      >
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {hint}
      </Text>
    </Paper>
  )
})
