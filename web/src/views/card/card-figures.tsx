/** The head of a card: its stock, large. */
import { Group, Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Card } from '../../../../src/client/client.ts'
import { Pieces, When } from '../../parts/figures.tsx'

export function CardFigures({ card }: { card: Card }): ReactNode {
  const t = useTranslations('card')
  const format = useFormatter()
  return (
    <Paper withBorder p="md">
      <Group gap="xl" align="flex-end">
        <div>
          <Text size="sm" c="dimmed">
            {t('quantity')}
          </Text>
          <Text className="figure" fz={40} fw={600} lh={1.1} data-testid="quantity">
            {format.number(card.quantity)}
          </Text>
        </div>
        <Figure name={t('held')} isBad={card.held_quantity > 0}>
          {card.held_quantity > 0 ? <Pieces count={card.held_quantity} /> : t('heldNone')}
        </Figure>
        <Figure name={t('lines')}>
          <Pieces count={card.last_line} />
        </Figure>
        <Figure name={t('updated')}>
          {card.updated_at === null ? t('never') : <When at={card.updated_at} />}
        </Figure>
      </Group>
    </Paper>
  )
}

interface FigureProps {
  readonly name: string
  readonly isBad?: boolean
  readonly children: ReactNode
}

function Figure({ name, isBad = false, children }: FigureProps): ReactNode {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="div" fw={500} c={isBad ? 'var(--bincard-soon)' : 'inherit'}>
        {children}
      </Text>
    </div>
  )
}
