/**
 * node stack/produce.ts FILE.json…
 *
 * Sends files to the topic with Apache Kafka's own console producer: proof that any producer will do. Each file is
 * one message; the console producer reads one a line, as UTF-8, so line breaks and tabs become spaces.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { loadEnvironment } from '../src/config/environment.ts'
import { kafkaJars } from './maven-parts.ts'
import { createProgress } from './progress.ts'
import { readSettings } from './settings.ts'
import { exitCodes, StackError } from './stack-error.ts'
import { root } from './state.ts'
import { stopSignal } from './stop-signal.ts'

/** Between key and value on a line. */
const separator = '\t'
/** Line feed, carriage return and tab: between values JSON may as well have a space. */
const lineBreaking = [0x0a, 0x0d, 0x09]
/** How long the console producer looks for the broker and the topic. */
const brokerLimitMs = 10_000

process.exitCode = await main(process.argv.slice(2))

async function main(files: readonly string[]): Promise<number> {
  try {
    if (files.length === 0) throw new StackError('Usage: npm run produce -- FILE.json…', exitCodes.wrongUse)
    const lines = files.map(lineOf)
    const { kafka } = readSettings(loadEnvironment(root).environment)
    const { java, classpath } = await kafkaJars(createProgress(console.log, Date.now), stopSignal())
    const servers = kafka.servers ?? `127.0.0.1:${kafka.port}`
    await send(lines, { java, classpath, servers, topic: kafka.topic })
    console.log(`sent ${files.join(', ')} to ${kafka.topic} at ${servers}`)
    return 0
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    console.error(error.message)
    return error.exitCode
  }
}

/** Key and value of a message: keyed by its warehouse, so that a warehouse's messages stay in order. */
function lineOf(file: string): Buffer {
  try {
    const bytes = readFileSync(file)
    // All else is sent as it stands, also what is no JSON, to see what becomes of it.
    const line = bytes.map((byte) => (lineBreaking.includes(byte) ? 0x20 : byte))
    return Buffer.concat([Buffer.from(`${keyOf(bytes.toString())}${separator}`), line, Buffer.from('\n')])
  } catch (error) {
    throw new StackError(
      `${file}: ${error instanceof Error ? error.message : String(error)}`,
      exitCodes.wrongUse,
    )
  }
}

function keyOf(text: string): string {
  return /"warehouse_id"\s*:\s*"([0-9a-fA-F-]{36})"/.exec(text)?.[1] ?? ''
}

interface Target {
  readonly java: string
  readonly classpath: string
  readonly servers: string
  readonly topic: string
}

async function send(lines: readonly Buffer[], { java, classpath, servers, topic }: Target): Promise<void> {
  const argumentList = [
    ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classpath],
    ['org.apache.kafka.tools.ConsoleProducer', '--bootstrap-server', servers, '--topic', topic],
    ['--command-property', 'acks=all', '--max-block-ms', String(brokerLimitMs)],
    ['--reader-property', 'parse.key=true', '--reader-property', `key.separator=${separator}`],
  ].flat()
  const producer = spawn(java, argumentList, { stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  const keep = (chunk: unknown): void => void (printed += String(chunk))
  for (const stream of [producer.stdout, producer.stderr]) stream.on('data', keep)
  producer.stdin.end(Buffer.concat(lines))
  const exitCode = await new Promise((resolve, reject) => {
    producer.once('error', reject)
    producer.once('close', resolve)
  })
  // It ends with 0 also when it could not send: only the level of what it logged tells.
  if (exitCode !== 0 || /\bERROR\b/.test(printed)) {
    throw new StackError(`Not everything was sent to ${servers}:\n${printed}`)
  }
}
