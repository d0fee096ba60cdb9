/** Language, colours, the description of the API, and the way out. */
import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconApi, IconDotsVertical, IconLanguage, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../api/api.tsx'
import { useLanguage } from '../words/words-provider.tsx'

export function Preferences(): ReactNode {
  const t = useTranslations('frame')
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('preferences')}>
          <IconDotsVertical size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <LanguageItem />
        <ColourItem />
        <Menu.Item component="a" href="/docs" leftSection={<IconApi size={16} />}>
          {t('apiDocs')}
        </Menu.Item>
        <SignOutItem />
      </Menu.Dropdown>
    </Menu>
  )
}

/** In the words of the other language, for whoever does not read this one. */
function LanguageItem(): ReactNode {
  const t = useTranslations('frame')
  const { language, setLanguage } = useLanguage()
  const other = language === 'en' ? 'ru' : 'en'
  return (
    <Menu.Item lang={other} leftSection={<IconLanguage size={16} />} onClick={() => setLanguage(other)}>
      {other === 'ru' ? t('russian') : t('english')}
    </Menu.Item>
  )
}

function ColourItem(): ReactNode {
  const t = useTranslations('frame')
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme() === 'dark'
  return (
    <Menu.Item
      leftSection={isDark ? <IconSun size={16} /> : <IconMoon size={16} />}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? t('toLight') : t('toDark')}
    </Menu.Item>
  )
}

/** Only with a key. */
function SignOutItem(): ReactNode {
  const t = useTranslations('frame')
  const { key, setKey } = useApi()
  if (key === undefined) return null
  return (
    <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => setKey(undefined)}>
      {t('signOut')}
    </Menu.Item>
  )
}
