import { hideCredentials } from '../telemetry/describe-error.ts'
import type { Kind, Setting, SettingGroup } from './setting.ts'
import { settingRules } from './setting-rules.ts'
import { settingTable } from './setting-table.ts'

/** Names and values as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

type Table = typeof settingTable
type ValueOf<One> = One extends { readonly kind: Kind<infer Value> } ? Value : never

/** All settings, parsed: `settings.postgres.host`, `settings.batch.maxEvents`. Times are in milliseconds. */
export type Settings = {
  readonly [Group in keyof Table]: {
    readonly [Key in keyof Table[Group]['settings']]: ValueOf<Table[Group]['settings'][Key]>
  }
}

/** One setting that is wrong. */
export interface SettingProblem {
  readonly name: string
  /** The value as it was given, shortened and without credentials; null if it is a secret. */
  readonly value: string | null
  /** One sentence: what would be allowed. */
  readonly allowed: string
}

/** Some settings are wrong. The message lists every one of them, a line each; secrets are not shown. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: readonly SettingProblem[]

  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.map(({ name, value, allowed }) => {
      const given = value === null ? '(not shown)' : JSON.stringify(value)
      return `  ${name} = ${given}: ${allowed}`
    })
    super(
      `${problems.length === 1 ? 'One setting is' : `${problems.length} settings are`} wrong.\n${lines.join('\n')}`,
    )
    this.problems = problems
  }
}

/** Longest piece of a wrong value that an error shows, in characters. */
const shownCharacters = 80

/**
 * Reads all settings. An empty text means "not set"; names that are not ours are ignored, because the
 * environment is shared.
 *
 * @throws {SettingsError} with every wrong value at once, also those that only contradict each other.
 */
export function readSettings(environment: Environment): Settings {
  const groups: readonly (readonly [string, SettingGroup])[] = Object.entries(settingTable)
  const problems: SettingProblem[] = []
  const parsed = Object.fromEntries(
    groups.map(([key, { settings }]) => {
      const entries = Object.entries(settings).map(([name, setting]) => {
        const value = setting.kind.parse(textOf(setting, environment))
        if (value === undefined && !borrows(setting, environment))
          problems.push(problemOf(setting, environment))
        return [name, value] as const
      })
      return [key, Object.fromEntries(entries)] as const
    }),
  )
  // The one place where the table's values get the table's types; a missing one is among the problems.
  const settings = parsed as Settings

  const wrong = new Set(problems.map((problem) => problem.name))
  for (const { names, must, holds } of settingRules) {
    if (names.some((name) => wrong.has(name)) || holds(settings)) continue
    const [first, ...others] = names.map((name) => settingNamed(name))
    if (first === undefined) continue
    const context = others.map((other) => `${other.name} = ${shownText(other, environment)}`).join(', ')
    problems.push({
      name: first.name,
      value: first.kind.secret ? null : withoutCredentials(textOf(first, environment)),
      allowed: `must be ${must}${context === '' ? '' : ` (${context})`}`,
    })
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return settings
}

/** All settings in the order of the table. */
export function listSettings(): readonly Setting[] {
  return Object.values<SettingGroup>(settingTable).flatMap(({ settings }) => Object.values(settings))
}

function settingNamed(name: string): Setting {
  const setting = listSettings().find((one) => one.name === name)
  if (setting === undefined) throw new Error(`The table of settings has no ${name}.`)
  return setting
}

/** The text that counts: the one given, else the default. Spaces around it do not, except in a secret. */
function textOf(setting: Setting, environment: Environment): string {
  const given = givenText(setting, environment)
  if (given !== undefined) return setting.kind.secret ? given : given.trim()
  if (typeof setting.default === 'string') return setting.default
  return textOf(settingNamed(setting.default.sameAs), environment)
}

/** For messages: a secret only as whether it is there. */
function shownText(setting: Setting, environment: Environment): string {
  const text = textOf(setting, environment)
  if (text === '') return '(not set)'
  return setting.kind.secret ? '(not shown)' : withoutCredentials(text)
}

/** A URL with a password is a common mistake where a host is wanted. No setting has an `@` that says anything else. */
function withoutCredentials(text: string): string {
  return hideCredentials(text).replaceAll(/[^\s,]*@/g, '[hidden]@')
}

function givenText(setting: Setting, environment: Environment): string | undefined {
  const text = environment[setting.name]
  return text === '' ? undefined : text
}

/** Whether the value is another setting's: if that one is wrong it is reported there, once. */
function borrows(setting: Setting, environment: Environment): boolean {
  return typeof setting.default !== 'string' && givenText(setting, environment) === undefined
}

function problemOf(setting: Setting, environment: Environment): SettingProblem {
  const { kind, name } = setting
  const text = withoutCredentials(textOf(setting, environment))
  const shown = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
  return { name, value: kind.secret ? null : shown, allowed: `allowed is ${kind.allowed}` }
}
