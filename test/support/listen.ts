import { once } from 'node:events'
import type { Server } from 'node:net'

/** Has a server of a test listen on loopback; answers the port that it got, any free one for 0. */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}
