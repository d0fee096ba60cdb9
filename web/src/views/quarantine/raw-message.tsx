/** The message as it came, with the faulty place marked where the fault has one. */
import { Code, Paper, Stack, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Bytes, QuarantinedMessage } from '../../../../src/client/client.ts'
import { faultyPlace, type Place } from './faulty-place.ts'
import { hexOf } from './hex.ts'
import classes from './raw-message.module.css'

export function RawMessage({ message }: { message: QuarantinedMessage }): ReactNode {
  const t = useTranslations('quarantined')
  const { value, key, headers } = message
  return (
    <Stack component="section" gap="sm" aria-label={t('value')}>
      <Title order={2} size="h3">
        {t('value')}
      </Title>
      <Value message={message} value={value} />
      {key === null && headers.length === 0 ? null : (
        <Table withTableBorder w="auto" fz="sm" aria-label={t('headers')}>
          <Table.Tbody>
            {key === null ? null : <HeaderRow name={t('key')} value={key} />}
            {headers.map(({ name, value: text }, index) => (
              <HeaderRow key={`${index} ${name.data}`} name={textOf(name)} value={text} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  )
}

function Value({ message, value }: { message: QuarantinedMessage; value: Bytes | null }): ReactNode {
  const t = useTranslations('quarantined')
  if (value === null) return <Text c="dimmed">{t('tombstone')}</Text>
  if (value.encoding === 'base64') {
    return (
      <>
        <Text size="sm" c="dimmed">
          {t('bytes')}
        </Text>
        <Raw text={hexOf(value.data)} place={null} />
      </>
    )
  }
  const place = faultyPlace(value.data, message)
  return (
    <>
      <Text size="sm" c="dimmed">
        {place === null ? t('unmarked') : t('marked')}
      </Text>
      <Raw text={value.data} place={place} />
    </>
  )
}

/** A scrolling part is reached by the keyboard, too. */
function Raw({ text, place }: { text: string; place: Place | null }): ReactNode {
  const t = useTranslations('quarantined')
  return (
    <Paper withBorder p="sm" className={classes['raw']} tabIndex={0} role="group" aria-label={t('value')}>
      <pre>
        {place === null ? (
          text
        ) : (
          <>
            {text.slice(0, place.from)}
            <mark>{text.slice(place.from, place.to)}</mark>
            {text.slice(place.to)}
          </>
        )}
      </pre>
    </Paper>
  )
}

function HeaderRow({ name, value }: { name: string; value: Bytes | null }): ReactNode {
  const t = useTranslations('quarantined')
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>{value === null ? t('none') : <Code>{textOf(value)}</Code>}</Table.Td>
    </Table.Tr>
  )
}

function textOf({ encoding, data }: Bytes): string {
  return encoding === 'utf-8' ? data : hexOf(data)
}
