/** Whether what is shown is what is, and what to think of it if not. */
import { Alert, Group, Text } from '@mantine/core'
import { useNetwork } from '@mantine/hooks'
import { IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { useLive } from '../live/live.tsx'
import classes from './live-mark.module.css'

export function LiveMark(): ReactNode {
  const t = useTranslations('live')
  const { state } = useLive()
  return (
    <Group gap={6} wrap="nowrap" role="status" className={classes['mark']} data-state={state}>
      <span className={classes['dot']} />
      <Text size="xs" c="dimmed" className={classes['word']}>
        {t(state)}
      </Text>
    </Group>
  )
}

/** Only while nothing is heard. */
export function LiveBanner(): ReactNode {
  const t = useTranslations('live')
  const format = useFormatter()
  const { state, knownUntilMs } = useLive()
  const { online } = useNetwork()
  if (state !== 'lost' && online) return null
  const time = format.dateTime(new Date(knownUntilMs), { timeStyle: 'medium' })
  return (
    <Alert
      role="alert"
      color="orange"
      variant="light"
      icon={<IconPlugConnectedX size={18} />}
      title={t('lost')}
    >
      {online ? t('lostHint', { time }) : t('offlineHint', { time })}
    </Alert>
  )
}
