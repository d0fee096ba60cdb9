/** The filters of a list. They live in the address; what is typed goes there when it is whole. */
import { Autocomplete, Button, Group, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../../api/api.tsx'
import { warehousesOf } from '../../api/queries.ts'
import { isId, readId } from '../../parts/read-id.ts'

interface FilterBarProps {
  readonly children: ReactNode
  readonly isFiltered: boolean
  readonly clear: () => void
}

export function FilterBar({ children, isFiltered, clear }: FilterBarProps): ReactNode {
  const t = useTranslations('parts')
  return (
    <Group role="search" aria-label={t('filters')} align="flex-end" gap="sm">
      {children}
      {isFiltered ? (
        <Button variant="subtle" color="gray" onClick={clear}>
          {t('clear')}
        </Button>
      ) : null}
    </Group>
  )
}

interface IdFilterProps {
  readonly id: string | undefined
  /** Undefined for any. */
  readonly change: (id: string | undefined) => void
}

interface ProductFilterProps extends IdFilterProps {
  /** A warehouse is chosen. */
  readonly isPossible: boolean
}

export function ProductFilter({ id = '', isPossible, change }: ProductFilterProps): ReactNode {
  const t = useTranslations('movements')
  const [text, setText] = useState(id)
  useEffect(() => setText(id), [id])
  const isWrong = text.trim() !== '' && !isId(text)
  return (
    <TextInput
      label={t('product')}
      placeholder={isPossible ? t('productHint') : t('warehouseFirst')}
      disabled={!isPossible}
      value={text}
      error={isWrong ? t('malformed') : null}
      spellCheck={false}
      w={{ base: '100%', xs: 250 }}
      onChange={({ currentTarget: { value } }) => {
        setText(value)
        if (value.trim() === '') change(undefined)
        else if (isId(value)) change(readId(value))
      }}
    />
  )
}

/** By its code, as people call it, or by its id. */
export function WarehouseFilter({ id = '', change }: IdFilterProps): ReactNode {
  const t = useTranslations('movements')
  const { client } = useApi()
  const { data } = useQuery(warehousesOf(client))
  const known = (data?.items ?? []).filter((warehouse) => warehouse.source !== null)
  const name = known.find(({ warehouse_id }) => warehouse_id === id)?.source ?? id
  const [text, setText] = useState(name)
  const [isTyping, setIsTyping] = useState(false)
  useEffect(() => setText(name), [name])
  const idOf = (value: string): string | undefined => {
    const code = value.trim().toLowerCase()
    const found = known.find(({ source }) => source?.toLowerCase() === code)?.warehouse_id
    return found ?? (isId(code) ? readId(code) : undefined)
  }
  const isWrong = !isTyping && text.trim() !== '' && idOf(text) === undefined
  return (
    <Autocomplete
      label={t('warehouse')}
      placeholder={t('warehouseHint')}
      value={text}
      error={isWrong ? t('warehouseUnknown') : null}
      data={[...new Set(known.map(({ source }) => source ?? ''))]}
      limit={offeredWarehouses}
      spellCheck={false}
      w={{ base: '100%', xs: 180 }}
      onFocus={() => setIsTyping(true)}
      onBlur={() => setIsTyping(false)}
      onChange={(value) => {
        setText(value)
        const found = idOf(value)
        if (found !== undefined || value.trim() === '') change(found)
      }}
    />
  )
}

/** A list that is longer is not read. */
const offeredWarehouses = 20
