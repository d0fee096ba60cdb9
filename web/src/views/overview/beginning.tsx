/** For whoever has just started the service. */
import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { RouteButton } from '../../parts/route-link.tsx'

export function Beginning(): ReactNode {
  const t = useTranslations('overview')
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="xs">
        <Title order={2} size="h3">
          {t('beginTitle')}
        </Title>
        <Text c="dimmed" ta="center" maw={520}>
          {t('beginText')}
        </Text>
        <RouteButton to="/try" mt="xs">
          {t('begin')}
        </RouteButton>
      </Stack>
    </Paper>
  )
}
