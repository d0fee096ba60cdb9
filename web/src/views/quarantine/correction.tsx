/** The message in an editor: correct it, rehearse what would become of it, send it. */
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MovementMessage } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { postReport } from '../../api/post-report.ts'
import { Waiting } from '../../parts/answer.tsx'
import { FaultNote } from '../../parts/fault-note.tsx'
import type { SendProps } from './decision.tsx'
import { faultyPlace } from './faulty-place.ts'
import { OutcomeAlert } from './outcome-note.tsx'

/** Of the editor, in pixels. */
const height = 240

const JsonEditor = lazy(() =>
  import('./json-editor.tsx').then(({ JsonEditor: Editor }) => ({ default: Editor })),
)

export function Correction({ message, isSending, send }: SendProps): ReactNode {
  const t = useTranslations('quarantined')
  const outcome = useTranslations('outcome')
  const { client } = useApi()
  const [text, setText] = useState(() =>
    beginOf(message.value?.encoding === 'utf-8' ? message.value.data : ''),
  )
  const [place] = useState(() => faultyPlace(text, message))
  const read = readObject(text)
  const rehearsal = useMutation({
    mutationFn: (corrected: MovementMessage) => postReport(client, { message: corrected, isRehearsal: true }),
  })
  const would = rehearsal.data
  const edit = (value: string): void => {
    setText(value)
    rehearsal.reset()
  }
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={3} size="sm">
          {t('correct')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('correctText')}
        </Text>
        <Suspense fallback={<Waiting height={height} />}>
          <JsonEditor label={t('editor')} height={height} value={text} place={place} onChange={edit} />
        </Suspense>
        {read.error === null ? null : (
          <Text size="sm" c="var(--bincard-late)" role="alert">
            {t('notJson', { detail: read.error })}
          </Text>
        )}
        {would === undefined ? null : (
          <OutcomeAlert title={t('rehearsed', { outcome: outcome(would.outcome) })} outcome={would} />
        )}
        {rehearsal.error === null ? null : <FaultNote error={rehearsal.error} />}
        <Group gap="sm">
          <Button
            variant="default"
            disabled={read.object === null}
            loading={rehearsal.isPending}
            onClick={() => read.object !== null && rehearsal.mutate(read.object as MovementMessage)}
          >
            {t('rehearse')}
          </Button>
          <Button
            disabled={read.object === null}
            loading={isSending}
            onClick={() => read.object !== null && send({ message: read.object })}
          >
            {t('redrive')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}

interface ReadObject {
  readonly object: Readonly<Record<string, unknown>> | null
  /** Null for an object, and for a text that nobody has written yet. */
  readonly error: string | null
}

function readObject(text: string): ReadObject {
  if (text.trim() === '') return { object: null, error: null }
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { object: { ...value }, error: null } : { object: null, error: typeof value }
  } catch (error) {
    return { object: null, error: error instanceof Error ? error.message : String(error) }
  }
}

/** One line of JSON is hard to correct. */
function beginOf(text: string): string {
  const { object } = readObject(text)
  return object === null ? text : JSON.stringify(object, null, 2)
}
