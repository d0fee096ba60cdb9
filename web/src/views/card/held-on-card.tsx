/** Departures that the card cannot cover yet, and what is missing. */
import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconHourglass } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Card, HeldDeparture } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { heldOnCard } from '../../api/queries.ts'
import { Answer } from '../../parts/answer.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Pieces, When } from '../../parts/figures.tsx'
import { MovementName } from '../../parts/names.tsx'
import { RouteLink } from '../../parts/route-link.tsx'

export function HeldOnCard({ card }: { card: Card }): ReactNode {
  const t = useTranslations('card')
  const { client } = useApi()
  const { warehouse_id, product_id } = card
  const held = useQuery(heldOnCard(client, { warehouse_id, product_id }))
  return (
    <Alert color="orange" variant="light" icon={<IconHourglass size={18} />} title={t('heldTitle')}>
      <Answer query={held} height={80}>
        {({ items, next_cursor }) => (
          <Stack gap="xs">
            <Group justify="space-between">
              <Text size="sm">
                {items[0] === undefined ? null : t('heldText', { missing: items[0].missing })}
              </Text>
              {next_cursor === null ? null : (
                <RouteLink to="/held" search={{ warehouse_id, product_id }} size="sm">
                  {t('all')}
                </RouteLink>
              )}
            </Group>
            <DataTable
              label={t('heldTitle')}
              columns={columns}
              rows={items}
              rowKey={({ movement_id }) => movement_id}
            />
          </Stack>
        )}
      </Answer>
    </Alert>
  )
}

const columns: readonly Column<HeldDeparture>[] = [
  { name: 'movement', cell: ({ movement_id }) => <MovementName id={movement_id} /> },
  { name: 'quantity', isNumber: true, cell: ({ quantity }) => <Pieces count={quantity} /> },
  { name: 'missing', isNumber: true, cell: ({ missing }) => <Pieces count={missing} /> },
  { name: 'happened', cell: ({ timestamp }) => <When at={timestamp} /> },
]
