import { join } from 'node:path'
import { startPart } from './part.ts'
import type { Part } from './part.ts'
import { partsEnvironment } from './service.ts'
import type { ServiceOptions } from './service.ts'
import { root } from './state.ts'

/** It only has to send what it has at hand. */
const stopLimitMs = 5_000

/** Starts the demo as a process of its own: a user like any other, who knows the address of Kafka only. */
export function startDemo(options: Omit<ServiceOptions, 'signal'>): Part {
  const script = join(root, 'stack/demo.ts')
  return startPart({
    name: 'Demo',
    address: options.kafkaServers,
    command: process.execPath,
    // Each start tells a new story about the same warehouses: ids that were used before would be repeats.
    argumentList: [script, '--seed', String(Date.now())],
    mark: script,
    environment: partsEnvironment(options),
    cwd: root,
    stopSignal: 'SIGTERM',
    stopLimitMs,
    folder: options.folder,
  })
}
