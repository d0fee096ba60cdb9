/** How the text of a setting becomes a value. */
export interface Kind<Value> {
  /** What may stand there, for error messages and the reference: completes the sentence "allowed is …". */
  readonly allowed: string
  /** A secret's value appears in no message and no log. */
  readonly secret: boolean
  /** The value, or undefined if the text is not allowed. Never throws. */
  readonly parse: (text: string) => Value | undefined
}

/** One setting: everything that parsing, the example file and the reference say about it. */
export interface Setting<Value = unknown> {
  /** The name of the environment variable. */
  readonly name: string
  readonly kind: Kind<Value>
  /** The default as one would write it, or the setting whose value it takes. */
  readonly default: string | { readonly sameAs: string }
  /** What it does and why its default is what it is; full sentences, one paragraph. */
  readonly about: string
}

/** Settings that belong together, and their heading in the reference. */
export interface SettingGroup {
  readonly title: string
  readonly settings: Readonly<Record<string, Setting>>
}
