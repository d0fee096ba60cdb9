/** An address that nothing stands at, and a view that fails. */
import { Button, Code, Stack, Text } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { RouteLink } from '../parts/route-link.tsx'
import { ViewHead } from '../parts/view-head.tsx'

export function UnknownPage(): ReactNode {
  const t = useTranslations('state')
  return (
    <Stack>
      <ViewHead title={t('unknownPage')} />
      <RouteLink to="/">{t('toOverview')}</RouteLink>
    </Stack>
  )
}

export function Crashed({ error }: ErrorComponentProps): ReactNode {
  const t = useTranslations('state')
  return (
    <Stack align="flex-start" p="xl" role="alert">
      <Text fw={600}>{t('crashed')}</Text>
      <Code block>{error instanceof Error ? error.message : String(error)}</Code>
      <Button variant="light" onClick={() => location.reload()}>
        {t('reload')}
      </Button>
    </Stack>
  )
}
