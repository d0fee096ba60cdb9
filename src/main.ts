#!/usr/bin/env node
/** `bincard`: the service and all that goes with it, one command each. */
import { createContext } from './cli/context.ts'
import { exitCodes } from './cli/exit-codes.ts'
import { failureOf } from './cli/failure.ts'
import { createProgram } from './cli/program.ts'
import { readVersion } from './cli/version.ts'

const context = createContext(readVersion())
try {
  await createProgram(context).parseAsync()
  await context.output.finish()
} catch (error) {
  context.output.end()
  const { exit, message } = failureOf(error, context)
  if (message !== null) context.output.say(message)
  process.exitCode = exitCodes[exit].code
}
