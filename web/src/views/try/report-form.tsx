/** The fields of a report. */
import {
  ActionIcon,
  Autocomplete,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  TextInput,
  Tooltip,
} from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../../api/api.tsx'
import { warehousesOf } from '../../api/queries.ts'
import { newId } from '../../parts/new-id.ts'
import { leastQuantity, type DraftFaults, type ReportDraft } from './report-draft.ts'

interface ReportFormProps {
  readonly draft: ReportDraft
  readonly faults: DraftFaults
  readonly change: (draft: ReportDraft) => void
}

export function ReportForm({ draft, faults, change }: ReportFormProps): ReactNode {
  const t = useTranslations('try')
  const { client } = useApi()
  const { data: known } = useQuery(warehousesOf(client))
  const least = leastQuantity(draft.event)
  const error = (field: keyof ReportDraft): string | null => {
    const fault = faults[field]
    return fault === undefined ? null : t(fault, { least })
  }
  const set = (field: keyof ReportDraft) => (value: string | number) => change({ ...draft, [field]: value })
  /** A warehouse that is known brings its code along. */
  const setWarehouse = (warehouse: string): void => {
    const source = known?.items.find(({ warehouse_id }) => warehouse_id === warehouse)?.source
    change({ ...draft, warehouse, source: source ?? draft.source })
  }
  return (
    <>
      <SegmentedControl
        aria-label={t('event')}
        fullWidth
        value={draft.event}
        data={[
          { value: 'arrival', label: t('arrivalText') },
          { value: 'departure', label: t('departureText') },
        ]}
        onChange={(event) => change({ ...draft, event })}
      />
      <Autocomplete
        label={t('warehouse')}
        description={t('warehouseHint')}
        value={draft.warehouse}
        error={error('warehouse')}
        data={known?.items.map(({ warehouse_id }) => warehouse_id) ?? []}
        limit={offeredWarehouses}
        spellCheck={false}
        renderOption={({ option }) =>
          `${known?.items.find(({ warehouse_id }) => warehouse_id === option.value)?.source ?? ''} ${option.value}`
        }
        rightSection={<NewId make={setWarehouse} />}
        onChange={setWarehouse}
      />
      <TextInput
        label={t('source')}
        description={t('sourceHint')}
        value={draft.source}
        error={error('source')}
        onChange={({ currentTarget }) => set('source')(currentTarget.value)}
      />
      <TextInput
        label={t('product')}
        description={t('productHint')}
        value={draft.product}
        error={error('product')}
        spellCheck={false}
        rightSection={<NewId make={set('product')} />}
        onChange={({ currentTarget }) => set('product')(currentTarget.value)}
      />
      <TextInput
        label={t('movement')}
        description={t('movementHint')}
        value={draft.movement}
        error={error('movement')}
        spellCheck={false}
        rightSection={<NewId make={set('movement')} />}
        onChange={({ currentTarget }) => set('movement')(currentTarget.value)}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberInput
          label={t('quantity')}
          value={draft.quantity}
          error={error('quantity')}
          min={least}
          allowDecimal={false}
          thousandSeparator=" "
          onChange={set('quantity')}
        />
        <TextInput
          type="datetime-local"
          label={t('timestamp')}
          value={draft.time}
          error={error('time')}
          onChange={({ currentTarget }) => set('time')(currentTarget.value)}
        />
      </SimpleGrid>
    </>
  )
}

/** A list that is longer is not read. */
const offeredWarehouses = 20

function NewId({ make }: { readonly make: (id: string) => void }): ReactNode {
  const t = useTranslations('try')
  return (
    <Tooltip label={t('makeId')}>
      <ActionIcon variant="subtle" color="gray" aria-label={t('makeId')} onClick={() => make(newId())}>
        <IconRefresh size={16} />
      </ActionIcon>
    </Tooltip>
  )
}
