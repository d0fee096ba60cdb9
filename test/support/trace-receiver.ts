/** Takes the traces that a service sends, as a collector does: OTLP over HTTP, in protobuf. */
import { createServer } from 'node:http'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Owner } from './environment.ts'
import { listen } from './listen.ts'
import { waitFor } from './wait.ts'

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first of a trace. */
  readonly parentId: string
  readonly name: string
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly startNanos: bigint
  readonly endNanos: bigint
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Ids of the spans that it is linked with. */
  readonly links: readonly string[]
  readonly failed: boolean
}

export interface TraceReceiver {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** What the sender says of itself. */
  readonly resource: Readonly<Record<string, string | number | boolean>>
  /** Headers of the last request. */
  readonly headers: NodeJS.Dict<string | string[]>
  /** The one span that fits, once it is there. */
  find(what: string, fits: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan>
}

export async function startTraceReceiver(owner: Owner): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = []
  let resource: TraceReceiver['resource'] = {}
  let headers: TraceReceiver['headers'] = {}
  const server = createServer((request, response) => {
    headers = request.headers
    if (request.url !== '/v1/traces') {
      response.writeHead(404).end()
      return
    }
    void take(request).then(() => response.setHeader('content-type', 'application/x-protobuf').end())
  })
  const take = async (request: Readable): Promise<void> => {
    for (const { spans: sent, resource: sender } of readRequest(await buffer(request))) {
      spans.push(...sent)
      resource = sender
    }
  }
  const port = await listen(server)
  owner.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    get resource() {
      return resource
    },
    get headers() {
      return headers
    },
    find: async (what, fits) => {
      await waitFor(what, () => spans.some(fits))
      const [found, other] = spans.filter(fits)
      if (found === undefined || other !== undefined) throw new Error(`${what}: not one span`)
      return found
    },
  }
}

/** One field of a message: its number, and what it has, by its wire type. */
interface Field {
  readonly field: number
  readonly number: bigint
  readonly bytes: Buffer
}

function readFields(bytes: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const size = { 1: 8, 5: 4 }[tag & 7]
    if ((tag & 7) === 0) fields.push({ field: tag >> 3, number: varint(), bytes: Buffer.alloc(0) })
    else {
      const length = size ?? Number(varint())
      const slice = bytes.subarray(at, at + length)
      const number = length === 8 ? slice.readBigUInt64LE() : 0n
      fields.push({ field: tag >> 3, number, bytes: slice })
      at += length
    }
  }
  return fields
}

const all = (fields: readonly Field[], wanted: number): Buffer[] =>
  fields.filter(({ field }) => field === wanted).map(({ bytes }) => bytes)
const one = (fields: readonly Field[], wanted: number): Buffer => all(fields, wanted)[0] ?? Buffer.alloc(0)
const number = (fields: readonly Field[], wanted: number): bigint =>
  fields.find(({ field }) => field === wanted)?.number ?? 0n

function readRequest(body: Buffer): { spans: ReceivedSpan[]; resource: TraceReceiver['resource'] }[] {
  return all(readFields(body), 1).map((resourceSpans) => {
    const fields = readFields(resourceSpans)
    return {
      resource: attributesIn(readFields(one(fields, 1)), 1),
      spans: all(fields, 2).flatMap((scope) => all(readFields(scope), 2).map(readSpan)),
    }
  })
}

function readSpan(bytes: Buffer): ReceivedSpan {
  const fields = readFields(bytes)
  return {
    traceId: one(fields, 1).toString('hex'),
    spanId: one(fields, 2).toString('hex'),
    parentId: one(fields, 4).toString('hex'),
    name: one(fields, 5).toString(),
    kind: Number(number(fields, 6)),
    startNanos: number(fields, 7),
    endNanos: number(fields, 8),
    attributes: attributesIn(fields, 9),
    links: all(fields, 13).map((link) => one(readFields(link), 2).toString('hex')),
    failed: number(readFields(one(fields, 15)), 3) === 2n,
  }
}

function attributesIn(fields: readonly Field[], wanted: number): ReceivedSpan['attributes'] {
  return Object.fromEntries(
    all(fields, wanted).map((pair) => {
      const [key, value] = [one(readFields(pair), 1).toString(), readFields(one(readFields(pair), 2))]
      const [given] = value
      if (given === undefined) return [key, '']
      if (given.field === 1) return [key, given.bytes.toString()]
      return [key, given.field === 2 ? given.number === 1n : Number(given.number)]
    }),
  )
}
