import type { IncomingMessage } from 'node:http'

/** A client that sends nothing for so long waits for its answer. */
const quietMs = 500
/** Between two pieces of 64 KiB: nobody waits for a whole body of another to be thrown away. */
const betweenPiecesMs = 2

/**
 * Reads the rest of a request whose body is refused, and throws it away, so that the client gets to the answer: one that
 * is still sending when its connection is closed sees a reset instead. Resolves when all is read, when more comes than
 * `limitBytes`, when nothing comes for a moment, or when the client is gone. How long it may take is the limit of any
 * request.
 */
export async function readRest(request: IncomingMessage, limitBytes: number): Promise<void> {
  const isTooMuch = Number(request.headers['content-length'] ?? 0) > limitBytes
  if (isTooMuch || request.complete || request.destroyed) return
  const { promise, resolve } = Promise.withResolvers<void>()
  let bytes = 0
  const quiet = setTimeout(resolve, quietMs)
  const passOver = (piece: Buffer): void => {
    quiet.refresh()
    bytes += piece.length
    if (bytes > limitBytes) return resolve()
    request.pause()
    setTimeout(() => request.resume(), betweenPiecesMs)
  }
  request.on('data', passOver).once('close', resolve).once('end', resolve)
  await promise
  clearTimeout(quiet)
  request.off('data', passOver)
}
