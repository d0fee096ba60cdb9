import { parseArgs } from 'node:util'
import { exitCodes, StackError } from '../stack/stack-error.ts'

/** What runs already, and how to reach it. */
export interface GivenService {
  readonly url: string
  readonly metricsUrl: string
  readonly kafka: string
  readonly topic: string
  readonly key: string | undefined
}

export interface LoadOptions {
  /** Null: one is started, with all that it needs. */
  readonly service: GivenService | null
  readonly isQuick: boolean
  readonly seed: string
  /** Of an earlier run: nothing is measured, its report and charts are made again. */
  readonly redraw: string | undefined
  /** Where the files go; undefined for a folder of the run's own. */
  readonly out: string | undefined
  readonly json: boolean
}

const usage = `Usage: npm run load -- [--quick] [--seed TEXT] [--out FOLDER] [--json]
                      [--url http://HOST:PORT [--metrics-url URL] [--kafka HOST:PORT] [--topic NAME] [--key API_KEY]]
       npm run load -- --redraw FOLDER`

/** @throws {StackError} that says how it is used */
export function readOptions(args: readonly string[]): LoadOptions {
  const values = parse(args)
  const { url, seed = 'bincard', out, redraw, quick: isQuick = false, json = false } = values
  if (url === undefined) {
    const alone = ['metrics-url', 'kafka', 'topic', 'key'] as const
    const given = alone.filter((name) => values[name] !== undefined)
    if (given.length > 0) throw wrongUse(`--${given.join(', --')}: of which service? --url is missing.`)
    return { service: null, isQuick, seed, out, redraw, json }
  }
  if (!URL.canParse(url)) throw wrongUse(`--url ${url} is no address.`)
  const { protocol, hostname } = new URL(url)
  const service = {
    url: url.replace(/\/+$/, ''),
    metricsUrl: values['metrics-url'] ?? `${protocol}//${hostname}:9090/metrics`,
    kafka: values.kafka ?? '127.0.0.1:9092',
    topic: values.topic ?? 'warehouse_movements',
    key: values.key,
  }
  return { service, isQuick, seed, out, redraw, json }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const service = { url: text, 'metrics-url': text, kafka: text, topic: text, key: text }
  try {
    return parseArgs({
      args: [...args],
      options: { ...service, quick: flag, seed: text, out: text, redraw: text, json: flag },
    }).values
  } catch (error) {
    throw wrongUse(error instanceof Error ? error.message : String(error))
  }
}

function wrongUse(what: string): StackError {
  return new StackError(`${what}\n${usage}`, exitCodes.wrongUse)
}
