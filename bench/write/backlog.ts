import { makeStream, partitionOfKey, type StreamMessage } from './stream.ts'

/** Made at a time, so that the bench itself has no large heap, whose collector would run beside what is measured. */
const atOnce = 100_000

/** A log that begins with nothing: streams of pairs one after the other, each with its stock before it. */
export function* backlogOf(messages: number, seed: number): Generator<StreamMessage> {
  let left = messages
  for (let part = 0; left > 0; part += 1) {
    const { stock, messages: pairs } = makeStream('pairs', { messages: atOnce, seed: seed * 1000 + part })
    const opened = stock.map((report) => ({
      report,
      key: report.warehouseId,
      partition: partitionOfKey(report.warehouseId),
    }))
    const some = [...opened, ...pairs].slice(0, left)
    yield* some
    left -= some.length
  }
}
