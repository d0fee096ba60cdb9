/** The answer to a question, or what stands in its place while there is none. */
import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { FaultNote } from './fault-note.tsx'
import { useFault } from './use-fault.ts'

interface AnswerProps<Data> {
  readonly query: UseQueryResult<Data>
  /** About as high as the answer, so that nothing jumps; in pixels. */
  readonly height: number
  readonly children: (data: Data) => ReactNode
}

/** What is known stays, also when it could not be loaded again; then it says so. */
export function Answer<Data>({ query, height, children }: AnswerProps<Data>): ReactNode {
  const { data, refetch } = query
  const error = useFault(query)
  if (data === undefined && error === null) return <Waiting height={height} />
  const retry = (): void => void refetch()
  return (
    <>
      {error === null ? null : <FaultNote error={error} retry={retry} />}
      {data === undefined ? null : children(data)}
    </>
  )
}

export function Waiting({ height }: { height: number }): ReactNode {
  const t = useTranslations('state')
  return (
    <Stack role="status">
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      <Skeleton h={height} radius="md" />
    </Stack>
  )
}
