/** The head of a view. Its title takes the focus when one comes from another view, so that a screen reader reads it. */
import { Group, Stack, Text, Title } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import { useHasNavigated } from './navigated.tsx'

interface ViewHeadProps {
  /** Also for the tab of the browser. */
  readonly title: string
  /** In place of the title's words, where it is more than words. */
  readonly children?: ReactNode
  readonly lead?: ReactNode
  readonly actions?: ReactNode
}

export function ViewHead({ title, children, lead, actions }: ViewHeadProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  const hasNavigated = useHasNavigated()
  useEffect(() => {
    document.title = `${title} · Bincard`
    if (hasNavigated()) heading.current?.focus({ preventScroll: true })
  }, [title, hasNavigated])
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={4}>
        <Title ref={heading} order={1} size="h2" tabIndex={-1} className="view-title">
          {children ?? title}
        </Title>
        {lead === undefined ? null : (
          <Text c="dimmed" maw={720}>
            {lead}
          </Text>
        )}
      </Stack>
      {actions}
    </Group>
  )
}
