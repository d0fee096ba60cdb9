/** An id as people use it: short enough to compare, whole when it is copied or pointed at. */
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from './id.module.css'

export function shortId(id: string): string {
  return `${id.slice(0, 8)}…${id.slice(-4)}`
}

/** `children` are what leads there, mostly a link around `shortId`. */
export function Id({ id, children }: { id: string; children?: ReactNode }): ReactNode {
  return (
    <span className={classes['id']} title={id}>
      {children ?? <span className={classes['text']}>{shortId(id)}</span>}
      <CopyId id={id} />
    </span>
  )
}

export function CopyId({ id }: { id: string }): ReactNode {
  const t = useTranslations('parts')
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : t('copy', { id })} openDelay={500}>
          <ActionIcon
            className={classes['copy']}
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={copied ? t('copied') : t('copy', { id })}
            onClick={copy}
          >
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}
