/** Settings that name a file: what counts is what the file says. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Kind } from './setting.ts'

/** The contents of a file; null where none is named. It is read once, when the settings are. */
export const fileContents: Kind<Buffer | null> = {
  allowed: 'the path of a file that is there and can be read',
  secret: false,
  parse(text) {
    if (text === '') return null
    try {
      return readFileSync(resolve(text))
    } catch (error) {
      if (error instanceof Error && 'code' in error) return undefined
      throw error
    }
  },
}

/** A user name or a password that may be left out. */
export const optionalText = (secret: boolean): Kind<string> => ({
  allowed: 'up to 255 characters, none of them a control character',
  secret,
  parse: (text) => (/^\P{Cc}{0,255}$/u.test(text) ? text : undefined),
})
