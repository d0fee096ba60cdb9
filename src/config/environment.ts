import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { type Environment, listSettings } from './settings.ts'

/** What the environment and `.env` say together. */
export interface LoadedEnvironment {
  readonly environment: Environment
  /** One sentence for each name in `.env` that looks like a misspelt setting; it has no effect. */
  readonly warnings: readonly string[]
}

/**
 * Reads `.env` in the folder, if there is one, and lays the environment over it: a variable that is set wins
 * over the file. An empty one counts as not set. What the file of API_KEYS_FILE says comes to API_KEYS.
 *
 * @throws the file system's error if `.env` exists but cannot be read.
 */
export function loadEnvironment(folder: string, environment: Environment = process.env): LoadedEnvironment {
  const file = parseEnv(readIfThere(join(folder, '.env')))
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
  const environmentWithFile = { ...file, ...Object.fromEntries(set) }
  return {
    environment: withKeysOfFile(folder, environmentWithFile),
    warnings: misspeltNames(Object.keys(file)),
  }
}

/**
 * The file's name goes once its keys are there: a process that gets this environment then has no key twice, and a name
 * that stays is that of a file which cannot be read, as `setting-rules.ts` says.
 */
function withKeysOfFile(folder: string, environment: Environment): Environment {
  const { API_KEYS_FILE: path = '', API_KEYS: keys = '', ...others } = environment
  if (path === '') return environment
  try {
    // The line end also makes the text of an empty file one without keys, which is refused, not "not set".
    return { ...others, API_KEYS: `${keys}\n${readFileSync(resolve(folder, path), 'utf8')}` }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return environment
    throw error
  }
}

function readIfThere(path: string): string {
  try {
    // Some editors begin a file with a byte order mark, which would become part of the first name.
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

/** Most letters by which a name may differ from a setting and still be taken for a slip of the pen. */
const slipLetters = 2

/**
 * Looks in `.env` only, which is written for this service; the environment is full of other people's names.
 */
function misspeltNames(names: readonly string[]): string[] {
  const known = listSettings().map((setting) => setting.name)
  return names
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const [nearest] = known
        .map((setting) => ({ setting, distance: lettersApart(name.toUpperCase(), setting) }))
        .sort((one, other) => one.distance - other.distance)
      if (nearest === undefined || nearest.distance > slipLetters) return []
      return [`.env sets ${name}, which is no setting. Is ${nearest.setting} meant?`]
    })
}

/** Letters to insert, delete or replace to make one name of the other (Levenshtein's distance). */
function lettersApart(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [row, letter] of Array.from(one).entries()) {
    const current = [row + 1]
    for (const [column, expected] of Array.from(other).entries()) {
      const [above = 0, left = 0, diagonal = 0] = [previous[column + 1], current[column], previous[column]]
      current.push(Math.min(above + 1, left + 1, diagonal + (letter === expected ? 0 : 1)))
    }
    previous = current
  }
  return previous[other.length] ?? 0
}
