/** Asks for a key where the service wants one, and lets in. */
import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../api/api.tsx'
import { wantsKey } from '../api/faults.ts'
import { overviewOf } from '../api/queries.ts'

/** What fails for another reason is the views' business. Nothing is shown before it is known whether a key is wanted. */
export function KeyGate({ children }: { children: ReactNode }): ReactNode {
  const { client, key } = useApi()
  const { error, isSuccess, isFetched, failureCount } = useQuery(overviewOf(client))
  const [isRefused, setIsRefused] = useState(false)
  // While it is asked again, what was answered before holds.
  const isNowRefused = isSuccess || error !== null ? wantsKey(error) : isRefused
  if (isNowRefused !== isRefused) setIsRefused(isNowRefused)
  if (!isFetched && failureCount === 0) return null
  return isNowRefused ? <KeyForm wasRefused={key !== undefined} /> : children
}

function KeyForm({ wasRefused }: { wasRefused: boolean }): ReactNode {
  const t = useTranslations('key')
  const { setKey } = useApi()
  const [text, setText] = useState('')
  const isMalformed = text.trim() !== '' && !/^[\x21-\x7e]+$/.test(text.trim())
  return (
    <main>
      <Paper withBorder p="xl" maw={440} mx="auto" mt={96}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            setKey(text.trim())
          }}
        >
          <Stack>
            <Title order={1} size="h3">
              {t('title')}
            </Title>
            <Text size="sm" c="dimmed">
              {t('text')}
            </Text>
            {wasRefused ? (
              <Alert role="alert" color="red" variant="light">
                {t('unknown')}
              </Alert>
            ) : null}
            <PasswordInput
              label={t('label')}
              value={text}
              autoComplete="off"
              error={isMalformed ? t('malformed') : null}
              data-autofocus
              onChange={({ currentTarget }) => setText(currentTarget.value)}
            />
            <Button type="submit" disabled={text.trim() === '' || isMalformed}>
              {t('open')}
            </Button>
          </Stack>
        </form>
      </Paper>
    </main>
  )
}
