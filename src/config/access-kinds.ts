import { parseApiKeys, type ApiKey } from '../access/api-key.ts'
import { plainText } from './kinds.ts'
import type { Kind } from './setting.ts'

/** API keys by their hashes. No text is no keys; a text without any key is a mistake, such as an empty file. */
export const apiKeyList: Kind<readonly ApiKey[]> = {
  allowed:
    'NAME:ROLE:SHA256 or NAME:ROLE:WAREHOUSE+WAREHOUSE:SHA256 as `bincard key` prints them, several with commas, spaces or line ends between them, no name or hash twice',
  // Hashes say nothing about the keys; but somebody may put a key itself there.
  secret: true,
  parse(text) {
    if (text === '') return []
    const keys = parseApiKeys(text)
    return keys === null || keys.length === 0 ? undefined : keys
  },
}

/** The path of a file; no text is no file. */
export const optionalPath: Kind<string> = {
  ...plainText,
  allowed: 'the path of a file',
  parse: (text) => (text === '' ? '' : plainText.parse(text)),
}

/** Origins of web pages as browsers write them. `*` is none: any page on the web could then read what this machine can. */
export const originList: Kind<readonly string[]> = {
  allowed: 'origins such as https://stock.example.com, several with commas between them',
  secret: false,
  parse(text) {
    const origins = text === '' ? [] : text.split(',').map((origin) => origin.trim())
    return origins.every(isOrigin) ? origins : undefined
  },
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
}
