/** From an id, wherever it was copied, to what has it. The code of a warehouse, or a part of it, does as well. */
import { Group, Loader, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../api/api.tsx'
import { isUnknown } from '../api/faults.ts'
import { warehousesOf } from '../api/queries.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { isId, readId } from '../parts/read-id.ts'
import { RouteNavLink } from '../parts/route-link.tsx'

interface FindProps {
  readonly opened: boolean
  readonly onClose: () => void
}

export function Find({ opened, onClose }: FindProps): ReactNode {
  const t = useTranslations('find')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <FindForm onFound={onClose} />
    </Modal>
  )
}

/** A person still types, in milliseconds. */
const typingMs = 150
const warehouseHits = 8

function FindForm({ onFound }: { readonly onFound: () => void }): ReactNode {
  const t = useTranslations('find')
  const [text, setText] = useState('')
  const [typed] = useDebouncedValue(text.trim(), typingMs)
  const id = isId(typed) ? readId(typed) : ''
  const hits = useHits(id)
  const warehouses = useWarehouseHits(typed)
  const found = id === '' ? warehouses : hits.found
  return (
    <Stack gap="sm">
      <TextInput
        label={t('label')}
        description={t('hint')}
        placeholder={t('placeholder')}
        value={text}
        data-autofocus
        spellCheck={false}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Stack gap={2} role="status">
        {found.map(({ kind, name, to }) => (
          <RouteNavLink key={to} to={to} label={t(kind)} description={name} onClick={onFound} />
        ))}
        {hits.isSearching ? (
          <Group gap="xs">
            <Loader size="xs" />
            <Text size="sm">{t('searching')}</Text>
          </Group>
        ) : found.length === 0 && hits.fault !== null ? (
          <FaultNote error={hits.fault} />
        ) : found.length === 0 && typed !== '' ? (
          <Text size="sm" c="dimmed">
            {id === '' ? t('malformed') : t('nothing')}
          </Text>
        ) : null}
      </Stack>
    </Stack>
  )
}

interface Hit {
  readonly kind: 'movement' | 'product' | 'warehouse'
  readonly name: string
  readonly to: string
}

/** An id does not say what it is of, so all three are asked. */
function useHits(id: string): {
  readonly found: readonly Hit[]
  readonly isSearching: boolean
  readonly fault: Error | null
} {
  const { client } = useApi()
  const ask = { enabled: id !== '', retry: false, refetchInterval: false } as const
  const [movement, product, warehouse] = useQueries({
    queries: [
      { ...ask, queryKey: ['find', 'movement', id], queryFn: () => client.getMovement({ movement_id: id }) },
      {
        ...ask,
        queryKey: ['find', 'product', id],
        queryFn: () => client.listProductWarehouses({ product_id: id, limit: 1 }),
      },
      {
        ...ask,
        queryKey: ['find', 'warehouse', id],
        queryFn: () => client.listWarehouseProducts({ warehouse_id: id, limit: 1 }),
      },
    ],
  })
  const all = [
    { kind: 'movement', to: `/movements/${id}`, isThere: movement.isSuccess },
    { kind: 'product', to: `/products/${id}`, isThere: product.isSuccess },
    { kind: 'warehouse', to: `/warehouses/${id}`, isThere: warehouse.isSuccess },
  ] as const
  return {
    found: all.filter(({ isThere }) => isThere).map(({ kind, to }) => ({ kind, to, name: id })),
    fault: [movement.error, product.error, warehouse.error].find(isOtherThanUnknown) ?? null,
    isSearching: movement.isLoading || product.isLoading || warehouse.isLoading,
  }
}

/** Whether it is there is not known then. */
function isOtherThanUnknown(error: Error | null): error is Error {
  return error !== null && !isUnknown(error)
}

function useWarehouseHits(typed: string): readonly Hit[] {
  const { client } = useApi()
  const { data } = useQuery(warehousesOf(client))
  if (typed === '') return []
  const part = typed.toLowerCase()
  return (data?.items ?? [])
    .filter(({ warehouse_id, source }) => `${warehouse_id} ${source?.toLowerCase() ?? ''}`.includes(part))
    .slice(0, warehouseHits)
    .map(({ warehouse_id, source }) => ({
      kind: 'warehouse',
      name: `${source ?? ''} ${warehouse_id}`.trim(),
      to: `/warehouses/${warehouse_id}`,
    }))
}
