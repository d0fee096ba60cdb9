/** The few forms that every body is made of. */
import { Type, type Static, type TSchema, type TUnsafe } from 'typebox'

/** Of any version, in either case; answers are lower-case. */
export const uuidPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'

/** What is read as a time, but for dates that do not exist. Without an offset it is UTC. */
export const timePattern =
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]' +
  '(\\.[0-9]{1,6}0*)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$'

export function uuid(description: string) {
  return Type.String({ format: 'uuid', description: `${description} Lower-case.` })
}

export function timestamp(description: string) {
  return Type.String({ format: 'date-time', description: `${description} RFC 3339, UTC.` })
}

/** One of a closed list of words. */
export function word<Words extends readonly string[]>(
  words: Words,
  description: string,
): TUnsafe<Words[number]> {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], description })
}

/** Gives a schema the name by which `app.ts` registers it and OpenAPI publishes it. */
export function define<Schema extends TSchema>(
  name: string,
  schema: Schema,
): Schema & { readonly $id: string } {
  return { $id: name, ...schema }
}

/** A reference to a defined schema. */
export function ref<Schema extends TSchema & { readonly $id: string }>(
  schema: Schema,
): TUnsafe<Static<Schema>> {
  return Type.Unsafe<Static<Schema>>({ $ref: `${schema.$id}#` })
}

/** The schema, or null. Two types, not `anyOf`: that is written out many times faster. */
export function nullable<Schema extends TSchema & { readonly type: string }>(
  schema: Schema,
): TUnsafe<Static<Schema> | null> {
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, 'null'] })
}
