/** An object for Kubernetes against the description of its kind, as a strict server would read it. */
import { Ajv } from 'ajv'
import { parse } from 'yaml'

export interface CustomObject {
  readonly apiVersion: string
  readonly kind: string
}

interface Definition {
  readonly spec: {
    readonly group: string
    readonly versions: readonly {
      readonly name: string
      readonly schema: { readonly openAPIV3Schema: object }
    }[]
  }
}

/** What is wrong with it; a field that nobody knows is wrong, too. */
export function faultsOf(object: CustomObject, definition: string): string[] {
  const { group, versions } = (parse(definition) as Definition).spec
  const version = versions.find(({ name }) => `${group}/${name}` === object.apiVersion)
  if (version === undefined) return [`${object.apiVersion} is not described`]
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, code: { regExp: ofGo } })
  const validate = ajv.compile(closed(version.schema.openAPIV3Schema) as object)
  validate(object)
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  )
}

/** Patterns are written for Go, which may say at their beginning that case does not count. */
const ofGo = Object.assign(
  (pattern: string) =>
    pattern.includes('(?i)') ? new RegExp(pattern.replace('(?i)', ''), 'iu') : new RegExp(pattern, 'u'),
  { code: 'ofGo' },
)

/** The server drops fields that are not described, unless they are to be preserved: a typing error would go unseen. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const own = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  const isOpen = own['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in own
  return own['type'] === 'object' && 'properties' in own && !isOpen
    ? { ...own, additionalProperties: false }
    : own
}
