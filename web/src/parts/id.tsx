/** An id as people use it: short enough to compare, whole when it is copied or pointed at. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useCopy } from './use-copy.ts'
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
  const { isCopied, copy } = useCopy(id)
  const label = isCopied ? t('copied') : t('copy', { id })
  return (
    <Tooltip label={label} openDelay={500}>
      <ActionIcon
        className={classes['copy']}
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={label}
        onClick={copy}
      >
        {isCopied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  )
}
