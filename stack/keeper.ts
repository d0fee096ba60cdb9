/**
 * node stack/keeper.ts ORDER
 *
 * Runs one part of the stack and stops it when its own standard input ends. That happens when the stack asks for
 * it, and also when the stack was killed and could ask for nothing: so no part outlives its stack. Exits with the
 * part's exit code. Imports nothing but Node, because one of it starts with every part.
 */
import { spawn } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import type { KeeperOrder, PidFile } from './part.ts'

const order = JSON.parse(process.argv[2] ?? '') as KeeperOrder

const { command, argumentList, cwd, user } = order
const part = spawn(command, argumentList, { cwd, ...user, stdio: ['ignore', 'inherit', 'inherit'] })
part.on('error', (error) => {
  console.error(`${order.name} cannot be started: ${error.message}`)
  process.exit(1)
})
part.on('spawn', () => {
  const { name, mark, stopSignal, pidFile } = order
  const content: PidFile = { name, mark, stopSignal, keeper: process.pid, part: part.pid ?? 0 }
  // Whole or not at all, whenever this process may be killed.
  writeFileSync(`${pidFile}.new`, JSON.stringify(content))
  renameSync(`${pidFile}.new`, pidFile)
})
part.on('exit', (code, signal) => {
  rmSync(order.pidFile, { force: true })
  if (signal !== null) console.error(`${order.name} was ended by ${signal}.`)
  process.exit(code ?? 1)
})

process.stdin.on('end', stop)
process.stdin.resume()
// Not for Ctrl-C, which does not reach a process group of its own, but for someone who tidies up by hand.
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

function stop(): void {
  part.kill(order.stopSignal)
  setTimeout(() => part.kill('SIGKILL'), order.stopLimitMs)
}
