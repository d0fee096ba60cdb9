/** Why a message was not booked, in words. */
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { en } from '../../words/en.ts'

type KnownCode = keyof typeof en.code
type QuarantineCode = Exclude<KnownCode, (typeof ofFiles)[number]>

/** Only rows of a file of opening stock have these. */
const ofFiles = ['row_malformed', 'card_repeated'] as const

/** Every code that a message may wait under. */
export const codes = Object.keys(en.code).filter(
  (code): code is QuarantineCode => !ofFiles.some((other) => other === code),
)

/** A newer service may know more codes than this page: they stand for themselves. */
export function CodeName({ code }: { code: string }): ReactNode {
  return useCodeName()(code)
}

export function useCodeName(): (code: string) => string {
  const t = useTranslations('code')
  return (code) => (isKnown(code) ? t(code) : code)
}

function isKnown(code: string): code is KnownCode {
  return Object.hasOwn(en.code, code)
}
