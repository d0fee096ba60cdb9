/** What lies on the shelves at the beginning, from a file: checked first, booked when every row is right. */
import { Button, FileButton, Group, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { BincardProblem } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { FaultNote } from '../../parts/fault-note.tsx'
import { fromLocal, toLocal } from '../../parts/local-time.ts'
import { newId } from '../../parts/new-id.ts'
import { OpeningResult, WrongRows } from './opening-result.tsx'

export function OpeningStock(): ReactNode {
  const t = useTranslations('try')
  const { client } = useApi()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [countedAt, setCountedAt] = useState(() => toLocal(new Date().toISOString()))
  const take = useMutation({
    mutationFn: ({ isRehearsal }: { isRehearsal: boolean }) => {
      const as_of = fromLocal(countedAt)
      return client.postOpeningStock({
        body: text,
        mediaType: 'text/csv',
        ...(as_of === undefined ? {} : { as_of }),
        ...(isRehearsal ? { dry_run: true } : {}),
      })
    },
    onSettled: () => queries.invalidateQueries(),
  })
  const change = (value: string): void => {
    setText(value)
    take.reset()
  }
  /** The same file may be chosen again, corrected. */
  const again = useRef<() => void>(null)
  const read = (file: File | null): void => {
    void file?.text().then(change)
    again.current?.()
  }
  const isChecked = take.data?.dry_run === true
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t('openingText')}
        </Text>
        <Group gap="sm">
          <FileButton accept=".csv,text/csv,text/plain" resetRef={again} onChange={read}>
            {(props) => (
              <Button variant="default" {...props}>
                {t('file')}
              </Button>
            )}
          </FileButton>
          <Button variant="subtle" onClick={() => change(sampleOf(newId))}>
            {t('sample')}
          </Button>
        </Group>
        <Textarea
          label={t('orPaste')}
          value={text}
          autosize
          minRows={6}
          maxRows={16}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onChange={({ currentTarget }) => change(currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label={t('asOf')}
          description={t('asOfHint')}
          value={countedAt}
          maw={260}
          onChange={({ currentTarget }) => {
            setCountedAt(currentTarget.value)
            take.reset()
          }}
        />
        <Group gap="sm">
          <Button
            variant={isChecked ? 'default' : 'filled'}
            disabled={text.trim() === ''}
            loading={take.isPending}
            onClick={() => take.mutate({ isRehearsal: true })}
          >
            {t('check')}
          </Button>
          <Button
            variant={isChecked ? 'filled' : 'default'}
            disabled={!isChecked}
            loading={take.isPending}
            onClick={() => take.mutate({ isRehearsal: false })}
          >
            {t('book')}
          </Button>
        </Group>
        <Fault error={take.error} />
        {take.data === undefined ? null : <OpeningResult result={take.data} />}
      </Stack>
    </Paper>
  )
}

function Fault({ error }: { error: unknown }): ReactNode {
  if (error === null) return null
  const rejections = error instanceof BincardProblem ? error.problem.rejections : undefined
  return rejections === undefined ? <FaultNote error={error} /> : <WrongRows rows={rejections} />
}

/** Three cards of two warehouses. */
function sampleOf(make: () => string): string {
  const [one, other, product] = [make(), make(), make()]
  const rows = [
    [one, product, 250],
    [one, make(), 40],
    [other, product, 12],
  ]
  return ['warehouse_id,product_id,quantity', ...rows.map((row) => row.join(','))].join('\n')
}
