import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of the package, in whose folder this lies as it does in that of the repository. */
export function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return version
}
