import AjvCompiler from '@fastify/ajv-compiler'
import { isObject } from '../message/envelope.ts'

const build = AjvCompiler()

/**
 * What comes as text in an address is read as what its schema says: `limit=5` is a number. What comes in a body says itself
 * what it is: a reason `false` is no text, and a body `0` is not nothing. What no schema names is refused, not removed.
 */
export const buildValidator: AjvCompiler.BuildCompilerFromPool = (schemas) => {
  const ofAddresses = build(schemas, { customOptions: { removeAdditional: false, coerceTypes: true } })
  const ofBodies = build(schemas, { customOptions: { removeAdditional: false, coerceTypes: false } })
  return (route, meta) => (isOfBody(route) ? ofBodies : ofAddresses)(route, meta)
}

/** What Fastify hands over is the schema with its place in the request. */
function isOfBody(route: unknown): boolean {
  return isObject(route) && route['httpPart'] === 'body'
}
