/** What can be done about an open message: correct, send again, count after all, discard. */
import { Button, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { QuarantinedMessage, RedriveRequest } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { FaultNote } from '../../parts/fault-note.tsx'
import { Correction } from './correction.tsx'

interface DecisionProps {
  readonly message: QuarantinedMessage
  readonly redrive: Redrive
}

export function Decision({ message, redrive }: DecisionProps): ReactNode {
  const t = useTranslations('quarantined')
  const isBegun = message.redrive !== null
  return (
    <Stack component="section" gap="md" aria-label={t('decide')}>
      <div>
        <Title order={2} size="h3">
          {t('decide')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('final')}
        </Text>
      </div>
      {redrive.error === null ? null : <FaultNote error={redrive.error} />}
      {isBegun ? (
        <Begun message={message} send={redrive.mutate} isSending={redrive.isPending} />
      ) : (
        <>
          <Correction message={message} send={redrive.mutate} isSending={redrive.isPending} />
          <Again message={message} send={redrive.mutate} isSending={redrive.isPending} />
          <Discard id={message.quarantine_id} />
        </>
      )}
    </Stack>
  )
}

export type Redrive = ReturnType<typeof useRedrive>

/** What has become of a message changes its page, the list, and the figures; it outlives the decision itself. */
export function useRedrive(id: number) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: RedriveRequest | null) =>
      client.redriveQuarantinedMessage({ quarantine_id: id, body }),
    // Not waited for: the outcome is shown at once.
    onSettled: () => void queries.invalidateQueries(),
  })
}

export interface SendProps {
  readonly message: QuarantinedMessage
  readonly isSending: boolean
  /** Null sends it as it is. */
  readonly send: (body: RedriveRequest | null) => void
}

function Again({ message, isSending, send }: SendProps): ReactNode {
  const t = useTranslations('quarantined')
  return (
    <Paper withBorder p="md">
      <Group gap="sm">
        <Button variant="default" loading={isSending} onClick={() => send(null)}>
          {t('redriveAsIs')}
        </Button>
        {message.code === 'possible_duplicate' ? (
          <Group gap="sm">
            <Button variant="default" loading={isSending} onClick={() => send({ accept: true })}>
              {t('accept')}
            </Button>
            <Text size="sm" c="dimmed">
              {t('acceptText')}
            </Text>
          </Group>
        ) : null}
      </Group>
    </Paper>
  )
}

/** It may be in the log or not: only the same again is safe. */
function Begun({ message, isSending, send }: SendProps): ReactNode {
  const t = useTranslations('quarantined')
  const format = useFormatter()
  const { redrive } = message
  if (redrive === null) return null
  const time = format.dateTime(new Date(redrive.begun_at), { dateStyle: 'medium', timeStyle: 'medium' })
  const finish = (): void => {
    if (redrive.message !== null)
      send({ message: JSON.parse(redrive.message.data) as Record<string, unknown> })
    else send(redrive.accepted ? { accept: true } : null)
  }
  return (
    <Paper withBorder p="md">
      <Stack align="flex-start">
        <Text size="sm">{t('begun', { time })}</Text>
        <Button loading={isSending} onClick={finish}>
          {t('finish')}
        </Button>
      </Stack>
    </Paper>
  )
}

function Discard({ id }: { id: number }): ReactNode {
  const t = useTranslations('quarantined')
  const { client } = useApi()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [wasAsked, setWasAsked] = useState(false)
  const discard = useMutation({
    mutationFn: () =>
      client.discardQuarantinedMessage({ quarantine_id: id, body: { reason: reason.trim() } }),
    onSettled: () => queries.invalidateQueries(),
  })
  const isMissing = reason.trim() === ''
  return (
    <Paper
      component="form"
      withBorder
      p="md"
      onSubmit={(event) => {
        event.preventDefault()
        setWasAsked(true)
        if (!isMissing) discard.mutate()
      }}
    >
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{t('discardText')}</Text>
        <Textarea
          label={t('reason')}
          value={reason}
          error={wasAsked && isMissing ? t('reasonMissing') : null}
          autosize
          w="100%"
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        {discard.error === null ? null : <FaultNote error={discard.error} />}
        <Button type="submit" color="red" variant="light" loading={discard.isPending}>
          {t('discard')}
        </Button>
      </Stack>
    </Paper>
  )
}
