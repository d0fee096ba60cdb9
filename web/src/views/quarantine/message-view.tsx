/** One message that waits: what it says, what is wrong with it, and what can be done. */
import { Alert, Code, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { QuarantinedMessage } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { quarantinedOf } from '../../api/queries.ts'
import { Answer } from '../../parts/answer.tsx'
import { MovementName } from '../../parts/names.tsx'
import { RouteLink } from '../../parts/route-link.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { useCodeName } from './code-name.tsx'
import { Conflicts } from './conflicts.tsx'
import { Decision, useRedrive } from './decision.tsx'
import { OutcomeNote } from './outcome-note.tsx'
import { RawMessage } from './raw-message.tsx'

export function MessageView(): ReactNode {
  const t = useTranslations('quarantined')
  const { message: id } = useParams({ from: '/quarantine/$message' })
  const { client } = useApi()
  const message = useQuery(quarantinedOf(client, Number(id)))
  return (
    <Stack gap="lg">
      <ViewHead
        title={t('title', { id })}
        lead={
          <RouteLink to="/quarantine" size="sm">
            {t('back')}
          </RouteLink>
        }
      />
      <Answer query={message} height={480}>
        {(data) => <Message key={data.quarantine_id} message={data} />}
      </Answer>
    </Stack>
  )
}

function Message({ message }: { message: QuarantinedMessage }): ReactNode {
  const redrive = useRedrive(message.quarantine_id)
  return (
    <>
      <Reason message={message} />
      <RawMessage message={message} />
      {message.conflicts_with.length === 0 ? null : <Conflicts events={message.conflicts_with} />}
      {redrive.data === undefined ? null : <OutcomeNote redriven={redrive.data} />}
      {message.status === 'open' ? (
        <Decision message={message} redrive={redrive} />
      ) : (
        <Settled message={message} />
      )}
    </>
  )
}

function Reason({ message }: { message: QuarantinedMessage }): ReactNode {
  const t = useTranslations('quarantined')
  const codeName = useCodeName()
  const { code, detail, field, topic, partition, offset, movement_id } = message
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={codeName(code)}>
      <Stack gap={4}>
        <Text size="sm">
          {detail} {field === null ? null : <Code>{field}</Code>}
        </Text>
        <Group gap="md">
          <Text size="sm" c="dimmed">
            {t('where', { topic, partition: String(partition), offset: String(offset) })}
          </Text>
          {movement_id === null ? null : <MovementName id={movement_id} />}
        </Group>
      </Stack>
    </Alert>
  )
}

function Settled({ message }: { message: QuarantinedMessage }): ReactNode {
  const t = useTranslations('quarantined')
  const format = useFormatter()
  const { settled_at, settled_by, redriven_to, reason } = message
  const who = settled_by === null || settled_by === 'anonymous' ? t('anonymous') : settled_by
  const time =
    settled_at === null
      ? '–'
      : format.dateTime(new Date(settled_at), { dateStyle: 'medium', timeStyle: 'medium' })
  return (
    <Alert color="gray" role="status">
      {redriven_to === null
        ? t('settledDiscarded', { who, time, reason: reason ?? '–' })
        : t('settledRedriven', {
            who,
            time,
            partition: String(redriven_to.partition),
            offset: String(redriven_to.offset),
          })}
    </Alert>
  )
}
