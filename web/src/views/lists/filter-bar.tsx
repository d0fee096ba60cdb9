/** The filters of a list. They live in the address; what is typed goes there when it is whole. */
import { Button, Group, TextInput } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { isId, readId } from '../../parts/read-id.ts'

interface FilterBarProps {
  readonly children: ReactNode
  readonly isFiltered: boolean
  clear(): void
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
  readonly label: string
  readonly id: string | undefined
  /** Undefined for any. */
  change(id: string | undefined): void
}

export function IdFilter({ label, id = '', change }: IdFilterProps): ReactNode {
  const t = useTranslations('movements')
  const [text, setText] = useState(id)
  useEffect(() => setText(id), [id])
  const isWrong = text.trim() !== '' && !isId(text)
  return (
    <TextInput
      label={label}
      value={text}
      error={isWrong ? t('malformed') : null}
      spellCheck={false}
      w={{ base: '100%', xs: 320 }}
      onChange={({ currentTarget: { value } }) => {
        setText(value)
        if (value.trim() === '') change(undefined)
        else if (isId(value)) change(readId(value))
      }}
    />
  )
}
