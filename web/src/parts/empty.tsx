/** Where there is nothing to show, it says so, and what could be done. */
import { Paper, Stack, Text } from '@mantine/core'
import { IconCards } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export function Empty({ text, children }: { text: string; children?: ReactNode }): ReactNode {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="xs">
        <IconCards size={28} stroke={1.2} opacity={0.6} aria-hidden />
        <Text c="dimmed" ta="center">
          {text}
        </Text>
        {children}
      </Stack>
    </Paper>
  )
}
