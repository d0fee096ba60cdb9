/** The languages of the dashboard, and which one a person gets. */
import { en } from './en.ts'
import { ru } from './ru.ts'

/** The shape of all words; what a message takes is checked against the English ones. */
export type Words = Shape<typeof en>
type Shape<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Shape<T[Key]> }

export const languages = { en, ru } as const satisfies Record<string, Words>
export type Language = keyof typeof languages

/** How numbers and times are written: as the browser wishes for this language, else as is usual for it. */
export function localeOf(language: Language, wishes: readonly string[]): string {
  return wishes.find((wish) => wish.toLowerCase().split('-', 1)[0] === language) ?? language
}

/** The person's choice, else the first of the browser's wishes that is there, else English. */
export function chooseLanguage(chosen: string | null, wishes: readonly string[]): Language {
  for (const wish of [chosen ?? '', ...wishes]) {
    const language = wish.toLowerCase().split('-', 1)[0] ?? ''
    if (isLanguage(language)) return language
  }
  return 'en'
}

function isLanguage(text: string): text is Language {
  return Object.hasOwn(languages, text)
}
