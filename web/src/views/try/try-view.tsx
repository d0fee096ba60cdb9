/** To send what a warehouse would send, and to begin with the stock that is there. */
import { Stack, Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ViewHead } from '../../parts/view-head.tsx'
import { OpeningStock } from './opening-stock.tsx'
import { SendReport } from './send-report.tsx'

export function TryView(): ReactNode {
  const t = useTranslations('try')
  const view = useTranslations('views')
  return (
    <Stack gap="lg">
      <ViewHead title={view('try')} lead={t('lead')} />
      <Tabs defaultValue="report" keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="report">{t('sendTab')}</Tabs.Tab>
          <Tabs.Tab value="opening">{t('openingTab')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="report">
          <SendReport />
        </Tabs.Panel>
        <Tabs.Panel value="opening">
          <OpeningStock />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}
