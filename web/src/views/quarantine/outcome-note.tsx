/** What has become of something that was sent. */
import { Alert, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { EventOutcome, Redriven } from '../../../../src/client/client.ts'

type Outcome = EventOutcome['outcome']

const colours: Readonly<Record<Outcome, string>> = {
  booked: 'teal',
  held: 'orange',
  duplicate: 'gray',
  quarantined: 'red',
  accepted: 'blue',
  rejected: 'red',
}

export function OutcomeNote({ redriven }: { redriven: Redriven }): ReactNode {
  const t = useTranslations('quarantined')
  const name = useTranslations('outcome')
  return <OutcomeAlert title={t('done', { outcome: name(redriven.outcome) })} outcome={redriven} />
}

interface OutcomeAlertProps {
  readonly title: string
  readonly outcome: Pick<EventOutcome, 'outcome' | 'detail'>
  /** Where to go from here. */
  readonly children?: ReactNode
}

export function OutcomeAlert({ title, outcome, children }: OutcomeAlertProps): ReactNode {
  const text = useTranslations('outcomeText')
  return (
    <Alert role="status" color={colours[outcome.outcome]} variant="light" title={title}>
      <Text size="sm">{outcome.detail ?? text(outcome.outcome)}</Text>
      {children === undefined ? null : (
        <Group gap="md" mt="xs">
          {children}
        </Group>
      )}
    </Alert>
  )
}
