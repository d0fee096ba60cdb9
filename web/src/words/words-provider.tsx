/** The words of one language for all that is below, and the switch between languages. */
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react'
import { IntlProvider } from 'use-intl'
import type { en } from './en.ts'
import { chooseLanguage, languages, localeOf, type Language } from './words.ts'

const place = 'bincard.language'

interface LanguageSwitch {
  readonly language: Language
  readonly setLanguage: (language: Language) => void
}

const LanguageContext = createContext<LanguageSwitch | null>(null)

export function WordsProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, choose] = useState(() => chooseLanguage(localStorage.getItem(place), navigator.languages))
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const languageSwitch = useMemo(
    () => ({
      language,
      setLanguage(chosen: Language) {
        localStorage.setItem(place, chosen)
        choose(chosen)
      },
    }),
    [language],
  )
  return (
    <LanguageContext value={languageSwitch}>
      <IntlProvider
        locale={localeOf(language, navigator.languages)}
        messages={languages[language]}
        timeZone={timeZone}
      >
        {children}
      </IntlProvider>
    </LanguageContext>
  )
}

export function useLanguage(): LanguageSwitch {
  const languageSwitch = use(LanguageContext)
  if (languageSwitch === null) throw new Error('Only inside a WordsProvider.')
  return languageSwitch
}

/** The person's own: a warehouse thinks in the time of its clock on the wall. */
const { timeZone } = Intl.DateTimeFormat().resolvedOptions()

/** The keys of the words, and what each message takes, are checked where they are used. */
declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof en
  }
}
