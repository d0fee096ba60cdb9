/** What stands around every view: where one can go, what is alive, how it looks. */
import { AppShell, Burger, Button, Group, Kbd, ScrollArea, Stack } from '@mantine/core'
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { NavigatedProvider } from '../parts/navigated.tsx'
import { RouteLink } from '../parts/route-link.tsx'
import { WarehouseNames } from '../parts/warehouse-names.tsx'
import { Find } from './find.tsx'
import { LiveBanner, LiveMark } from './live-mark.tsx'
import { Navigation } from './navigation.tsx'
import { Preferences } from './preferences.tsx'

export function Frame(): ReactNode {
  const t = useTranslations('frame')
  const [isOpen, navigation] = useDisclosure(false)
  const [isFinding, find] = useDisclosure(false)
  const isNarrow = useMediaQuery('(max-width: 62em)')
  const { pathname } = useLocation()
  const { close } = navigation
  useEffect(close, [pathname, close])
  useHotkeys([
    ['mod+K', find.open, { usePhysicalKeys: true }],
    ['/', find.open],
    // Of keyboards on which it stands above another sign.
    ['shift+/', find.open],
  ])
  return (
    <WarehouseNames>
      <NavigatedProvider>
        <a href="#content" className="skip">
          {t('skip')}
        </a>
        <AppShell
          header={{ height: 56 }}
          navbar={{ width: 216, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
          padding="md"
        >
          <AppShell.Header>
            <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
              <Group gap="sm" wrap="nowrap">
                <Burger
                  opened={isOpen}
                  onClick={navigation.toggle}
                  hiddenFrom="md"
                  size="sm"
                  aria-label={isOpen ? t('closeNavigation') : t('openNavigation')}
                  aria-expanded={isOpen}
                />
                <RouteLink to="/" fw={700} c="var(--mantine-color-text)" underline="never">
                  <Group gap={8} wrap="nowrap">
                    <img src="/assets/bincard.svg" width={22} height={22} alt="" />
                    {t('title')}
                  </Group>
                </RouteLink>
                <LiveMark />
              </Group>
              <Group gap={4} wrap="nowrap">
                <Button
                  variant="default"
                  size="sm"
                  leftSection={<IconSearch size={16} />}
                  rightSection={isNarrow ? null : <Kbd size="xs">/</Kbd>}
                  onClick={find.open}
                >
                  {t('find')}
                </Button>
                <Preferences />
              </Group>
            </Group>
          </AppShell.Header>
          <AppShell.Navbar p="sm" aria-label={t('navigation')} inert={isNarrow && !isOpen}>
            <ScrollArea>
              <Navigation />
            </ScrollArea>
          </AppShell.Navbar>
          <AppShell.Main id="content">
            <Stack gap="lg" maw={1280} mx="auto">
              <LiveBanner />
              <Outlet />
            </Stack>
          </AppShell.Main>
        </AppShell>
        <Find opened={isFinding} onClose={find.close} />
      </NavigatedProvider>
    </WarehouseNames>
  )
}
