/** Why something is not there, in words, and the way to ask again. */
import { Alert, Button, Code, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { BincardProblem } from '../../../src/client/client.ts'

interface FaultNoteProps {
  readonly error: unknown
  /** Of a question that was asked; without it something was to be done. */
  readonly retry?: () => void
}

export function FaultNote({ error, retry }: FaultNoteProps): ReactNode {
  const t = useTranslations('state')
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={retry === undefined ? t('notDone') : t('failed')}
    >
      <Group justify="space-between" align="flex-end" gap="sm">
        <FaultText error={error} />
        {retry === undefined ? null : (
          <Button size="compact-sm" variant="light" color="red" onClick={retry}>
            {t('retry')}
          </Button>
        )}
      </Group>
    </Alert>
  )
}

function FaultText({ error }: { error: unknown }): ReactNode {
  const t = useTranslations('state')
  const key = useTranslations('key')
  if (!(error instanceof BincardProblem)) return <Text size="sm">{t('unreachable')}</Text>
  if (error.code === 'role_too_low') return <Text size="sm">{key('roleTooLow')}</Text>
  if (error.code === 'outside_scope') return <Text size="sm">{key('outsideScope')}</Text>
  return (
    <Text size="sm">
      {error.detail} <Code>{error.code}</Code>
    </Text>
  )
}
