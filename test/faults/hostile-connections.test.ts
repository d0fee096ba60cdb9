/** What an HTTP client would never send: bytes on a connection. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { problems, type ProblemCode } from '../../src/api/problems.ts'
import { ask, startApi } from '../support/http.ts'
import { fault } from './fault.ts'

/** A connection on which nothing comes is closed by the server after its own time-outs; a test waits no longer. */
const waitLimitMs = 15_000

/** A whole request of an address that always answers; the connection ends with it. */
const request = (...lines: readonly string[]): string =>
  ['GET /health/live HTTP/1.1', 'host: a', 'connection: close', ...lines, '', ''].join('\r\n')
const first = (line: string, host = 'host: a'): string => `${line}\r\n${host}\r\nconnection: close\r\n\r\n`
const post = (headers: readonly string[], body: string): string =>
  [
    'POST /api/cards/query HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json',
    ...headers,
    '',
    body,
  ].join('\r\n')

/** By what is sent: the codes of the problems that it is answered with, `ok` for none. */
const cases: Record<string, [string | Buffer, ...('ok' | ProblemCode)[]]> = {
  'a plain request': [request(), 'ok'],
  'no Host': [first('GET /health/live HTTP/1.1', 'x: a'), 'malformed_request'],
  'no Host, and an address that cannot be decoded': [first('GET /%zz HTTP/1.1', 'x: a'), 'malformed_url'],
  'an expectation that nobody knows': [request('expect: 200-maybe'), 'ok'],
  'an expectation at an unknown address': [first('GET /x HTTP/1.1', 'host: a\r\nexpect: x'), 'route_unknown'],
  'HTTP/1.0 without Host': ['GET /health/live HTTP/1.0\r\n\r\n', 'ok'],
  'HTTP/0.9': ['GET /health/live\r\n\r\n', 'ok'],
  'a version that does not exist': [first('GET /health/live HTTP/1.2'), 'malformed_request'],
  'HTTP/2 without TLS': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'malformed_request'],
  'a TLS greeting': [Buffer.from('16030102000100', 'hex'), 'malformed_request'],
  bytes: [Buffer.from([0, 255, 128, 10, 13, 10]), 'malformed_request'],
  'a method that nobody knows': [first('STEAL /health/live HTTP/1.1'), 'malformed_request'],
  'a method in lower case': [first('get /health/live HTTP/1.1'), 'malformed_request'],
  TRACE: [first('TRACE /health/live HTTP/1.1'), 'method_not_allowed'],
  CONNECT: [first('CONNECT example.com:443 HTTP/1.1'), 'malformed_request'],
  'OPTIONS of all': [first('OPTIONS * HTTP/1.1'), 'route_unknown'],
  'an address of another host': [first('GET http://evil.example/health/live HTTP/1.1'), 'ok'],
  'an address without a slash': [first('GET health HTTP/1.1'), 'malformed_request'],
  'an address of raw bytes': [
    Buffer.from(first('GET /\u00ff\u0080 HTTP/1.1'), 'latin1'),
    'malformed_request',
  ],
  'a path that climbs': [first('GET /docs/../../../../etc/hosts HTTP/1.1'), 'route_unknown'],
  'a path that climbs in disguise': [first('GET /docs/..%2f..%2f..%2fetc%2fhosts HTTP/1.1'), 'route_unknown'],
  'an upgrade': [request('upgrade: websocket'), 'ok'],
  'a head that is too large': [request(`x: ${'a'.repeat(20_000)}`), 'headers_too_large'],
  'more headers than fit': [
    request(...Array.from({ length: 3000 }, (_, n) => `x${n}: y`)),
    'headers_too_large',
  ],
  'an address that is too large': [first(`GET /${'a'.repeat(20_000)} HTTP/1.1`), 'headers_too_large'],
  'a NUL in a header': [request('x: a\0b'), 'malformed_request'],
  'a space in the name of a header': [request('x y: b'), 'malformed_request'],
  'a space before the colon': [request('content-length : 0'), 'malformed_request'],
  'a bare line end': [request('x: a\rb: c'), 'malformed_request'],
  'length and chunks': [
    post(['content-length: 2', 'transfer-encoding: chunked'], '0\r\n\r\n'),
    'malformed_request',
  ],
  'two lengths': [post(['content-length: 2', 'content-length: 3'], '{} '), 'malformed_request'],
  'a negative length': [post(['content-length: -1'], '{}'), 'malformed_request'],
  'a length beyond all numbers': [post([`content-length: ${'9'.repeat(30)}`], '{}'), 'malformed_request'],
  'a length beyond the limit': [post(['content-length: 99999999'], '{}'), 'body_too_large'],
  'a length that is too short': [post(['content-length: 1'], '{}'), 'malformed_request'],
  'chunks that are none': [post(['transfer-encoding: chunked'], 'zz\r\n{}\r\n'), 'malformed_request'],
  'a chunk without an end': [
    post(['transfer-encoding: chunked'], 'fffffffffffffffff\r\n{}'),
    'malformed_request',
  ],
  'chunks beyond the limit': [
    post(['transfer-encoding: chunked'], `fffff\r\n${' '.repeat(0xfffff)}\r\n`),
    'body_too_large',
  ],
  'an encoding that nobody knows': [post(['transfer-encoding: gzip, x'], '{}'), 'malformed_request'],
  'garbage behind a request': [
    `${request().replace('close', 'keep-alive')}\0\xff\r\n\r\n`,
    'malformed_request',
  ],
  'a second request in the body of a first': [
    `${post(['content-length: 2'], '{}').replace('close', 'keep-alive')}${first('GET /x HTTP/1.1')}`,
    'malformed_request',
    'route_unknown',
  ],
}

fault(
  'F22',
  'whatever bytes come, the answer is one of ours, and the server goes on answering',
  async (run) => {
    const { t } = run
    const api = await startApi(t)
    run.inflict(Object.keys(cases).length)
    for (const [what, [sent, ...codes]] of Object.entries(cases)) {
      const answers = await answersTo(t, api.url, sent)
      assert.deepEqual([what, ...answers], [what, ...codes])
    }
    assert.equal((await ask(`${api.url}/health/live`)).status, 200)
    assert.deepEqual(api.logged, [])
  },
)

/** The code of each answer that comes before the connection is closed; fails at one in another form. */
async function answersTo(t: TestContext, url: string, sent: string | Buffer): Promise<string[]> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.setTimeout(waitLimitMs, () =>
    socket.destroy(new Error(`no answer to ${sent.toString().slice(0, 80)}`)),
  )
  t.after(() => socket.destroy())
  socket.write(sent)
  const text = (await received(socket)).toString()
  return text.split(/(?=HTTP\/1\.1 \d{3} )/).map((answer) => {
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    const status = Number(head.slice('HTTP/1.1 '.length).slice(0, 3))
    if (status < 400) return 'ok'
    assert.match(head, /^content-type: application\/problem\+json/m)
    const { code, status: told } = JSON.parse(body) as { code: ProblemCode; status: number }
    assert.deepEqual([told, problems[code].status], [status, status])
    assert.doesNotMatch(answer, /node_modules|\bat .*:\d+:\d+|HPE_/)
    return code
  })
}

/** All that comes; a connection that the server cuts while much is still under way has given its answer before. */
async function received(socket: ReturnType<typeof connect>): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  try {
    await buffer(socket)
  } catch (error) {
    if (chunks.length === 0) throw error
  }
  return Buffer.concat(chunks)
}
