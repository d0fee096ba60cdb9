/** The filters of a list. They live in the address; what is typed goes there when it is whole. */
import { Autocomplete, Button, Group, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Warehouse } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { warehousesOf } from '../../api/queries.ts'
import { fromLocal, toLocal } from '../../parts/local-time.ts'
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
  const names = useMemo(() => uniqueNames(data?.items ?? []), [data])
  const name = names.get(id) ?? id
  const [text, setText] = useState(name)
  const [isTyping, setIsTyping] = useState(false)
  useEffect(() => setText(name), [name])
  const idOf = (value: string): string | undefined => {
    const code = value.trim().toLowerCase()
    const found = [...names].find(([, known]) => known.toLowerCase() === code)?.[0]
    return found ?? (isId(code) ? readId(code) : undefined)
  }
  const isWrong = !isTyping && text.trim() !== '' && idOf(text) === undefined
  return (
    <Autocomplete
      label={t('warehouse')}
      placeholder={t('warehouseHint')}
      value={text}
      error={isWrong ? t(data?.isWhole === false ? 'warehouseNotLoaded' : 'warehouseUnknown') : null}
      data={[...names.values()]}
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

/** By id, the code; the id itself where there is no code, or another warehouse has the same. */
function uniqueNames(warehouses: readonly Warehouse[]): ReadonlyMap<string, string> {
  const counts = new Map<string | null, number>()
  for (const { source } of warehouses) counts.set(source, (counts.get(source) ?? 0) + 1)
  return new Map(
    warehouses.map(({ warehouse_id, source }) => [
      warehouse_id,
      source === null || counts.get(source) !== 1 ? warehouse_id : source,
    ]),
  )
}

/** A list that is longer is not read. */
const offeredWarehouses = 20

interface TimeFilterProps {
  readonly label: string
  /** As the API writes it; undefined for any. */
  readonly moment: string | undefined
  readonly change: (moment: string | undefined) => void
}

/** Taken when one leaves the field or presses Enter: while a year is typed, it is the year 2, 20 and 202. */
export function TimeFilter({ label, moment, change }: TimeFilterProps): ReactNode {
  const shown = toLocal(moment)
  const [text, setText] = useState(shown)
  useEffect(() => setText(shown), [shown])
  const take = (): void => {
    if (text !== shown) change(fromLocal(text))
  }
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={text}
      w={{ base: '100%', xs: 215 }}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={take}
      onKeyDown={({ key }) => {
        if (key === 'Enter') take()
      }}
    />
  )
}
