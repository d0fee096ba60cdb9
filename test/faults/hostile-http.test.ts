/**
 * Our own generator over our own description: every operation, every parameter, body and header, with values that
 * nobody means well by. `npm run contract` does the like by a tool that is not ours.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { arrival } from '../support/events.ts'
import { startHostileScene, strangersKey, type Ask, type Operation } from '../support/hostile-scene.ts'
import { hostileAddressTexts, hostileBodies, hostileHeaders } from '../support/hostile-values.ts'
import { toJson } from '../support/memory-log.ts'
import { fault } from './fault.ts'

/** Every third is enough of what differs by one byte. */
const isThird = (_: unknown, index: number): boolean => index % 3 === 0

fault(
  'F22',
  'no value of a parameter, hostile or by chance, gets anything but an answer of the description',
  async (run) => {
    const { t } = run
    const scene = await startHostileScene(t)
    const values = (name: string) => [
      ...hostileAddressTexts,
      // Behind what is right
      ...hostileAddressTexts
        .filter((text) => /^%.{0,3}$/.test(text))
        .map((text) => `${scene.right[name] ?? ''}${text}`),
    ]
    const asks = scene.operations.flatMap((operation) =>
      operation.parameters.flatMap(({ name }) =>
        values(name).map((text): Ask => ({ operation, values: { [name]: text } })),
      ),
    )
    const queries = [
      '%',
      '%ff=1',
      '&&&',
      '=',
      'a[]=1',
      '__proto__=1',
      'constructor.prototype=1',
      ';',
      '?',
      'x'.repeat(9000),
    ]
    const withQueries = scene.operations.flatMap((operation) => [
      ...queries.map((query): Ask => ({ operation, query })),
      ...operation.parameters
        .filter((one) => one.in === 'query')
        .map(({ name }): Ask => ({
          operation,
          query: `${name}=${scene.right[name]}&${name}=${scene.right[name]}`,
        })),
    ])
    await scene.askAll([...asks, ...withQueries])
    const places = scene.operations.flatMap((operation) =>
      operation.parameters.map(({ name }) => ({ operation, name })),
    )
    const anything = fc.tuple(fc.constantFrom(...places), fc.string({ unit: 'binary', minLength: 1 }))
    const byChance = fc.asyncProperty(anything, async ([{ operation, name }, text]) => {
      await scene.ask({ operation, values: { [name]: encodeURIComponent(text.toWellFormed()) } })
    })
    await fc.assert(byChance, { numRuns: 300 })
    run.inflict(scene.asked())
    await scene.assertUnharmed()
  },
)

fault('F22', 'no body and no media type gets anything but an answer of the description', async (run) => {
  const { t } = run
  const scene = await startHostileScene(t)
  const poisoned = (number: number): string =>
    toJson(arrival({ movement: number, quantity: 1 })).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    )
  const unread = ['text/plain', 'application/xml', 'multipart/form-data', 'x']
  const asks = scene.operations
    .filter(({ mediaTypes }) => mediaTypes.length > 0)
    .flatMap((operation) =>
      [
        ...[...operation.mediaTypes, 'application/json'].flatMap((type) =>
          hostileBodies.map((body) => ({ type, body })),
        ),
        // What is in a body of these is not looked at.
        ...unread.flatMap((type) => hostileBodies.slice(0, 3).map((body) => ({ type, body }))),
      ].map(({ type, body }): Ask => ({ operation, body, headers: { 'content-type': type } })),
    )
  await scene.askAll(asks)
  // An event may have attributes that nobody knows, whatever their names.
  const takers = {
    '/api/events': poisoned(50),
    '/api/quarantine/{quarantine_id}/redrive': `{"message":${poisoned(51)}}`,
  }
  for (const [path, body] of Object.entries(takers)) {
    const operation = scene.operations.find((one) => one.path === path && one.method === 'post')
    assert(operation !== undefined)
    const { text } = await scene.ask({ operation, body, headers: { 'content-type': 'application/json' } })
    assert.equal(/"outcome":"(\w+)"/.exec(text)?.[1], 'booked', text)
  }
  assert.equal('polluted' in {}, false)
  run.inflict(scene.asked())
  await scene.assertUnharmed({ booked: 2, settled: 1 })
})

fault(
  'F22',
  'no header gets anything but an answer of the description, and none is repeated',
  async (run) => {
    const { t } = run
    const scene = await startHostileScene(t)
    const keys = [
      '',
      'Bearer',
      'Bearer  ',
      'Basic YTpi',
      `Bearer ${'x'.repeat(9000)}`,
      'Bearer \u00ff',
      strangersKey.headers.authorization,
    ]
    const given = [...hostileHeaders, ...keys.map((authorization) => ({ authorization }))]
    const asks = scene.operations.flatMap((operation) =>
      given.map((headers): Ask => ({ operation, headers })),
    )
    await scene.askAll(asks)
    run.inflict(scene.asked())
    await scene.assertUnharmed()
  },
)

fault(
  'F22',
  'a cursor that is changed, cut, lengthened or of another list breaks nothing; of another list it is refused',
  async (run) => {
    const { t } = run
    const scene = await startHostileScene(t)
    const lists = scene.operations.filter(({ parameters }) =>
      parameters.some(({ name }) => name === 'cursor'),
    )
    const cursors = new Map<Operation, string>()
    for (const operation of lists) {
      const { text } = await scene.ask({ operation, query: 'limit=1' })
      const { next_cursor: cursor } = JSON.parse(text) as { next_cursor: string | null }
      if (cursor !== null) cursors.set(operation, cursor)
    }
    assert.ok(cursors.size >= 7, `${cursors.size} lists have a second page`)
    for (const [operation, cursor] of cursors) {
      const asked = (text: string): Ask => ({ operation, query: `limit=1&cursor=${text}` })
      const lengths = Array.from({ length: cursor.length }, (_, length) => cursor.slice(0, length)).filter(
        isThird,
      )
      const decoded = Buffer.from(cursor, 'base64url')
      const flips = Array.from(decoded, (byte, at) =>
        Buffer.from(decoded.map((one, place) => (place === at ? byte ^ (1 << (at % 8)) : one))).toString(
          'base64url',
        ),
      )
      await scene.askAll(
        [...lengths, `${cursor}A`, `${cursor}=`, cursor + cursor, ...flips.filter(isThird)].map(asked),
      )
      // The differences walk the same order as what is under way, so they share their cursors.
      const order = (path: string): string => path.replace('differences', 'transit')
      const foreign = [...cursors]
        .filter(([other]) => order(other.path) !== order(operation.path))
        .map(([, other]) => other)
      for (const other of foreign) {
        const { status, text } = await scene.ask(asked(other))
        assert.deepEqual([status, /"code":"(\w+)"/.exec(text)?.[1]], [400, 'malformed_cursor'], other)
      }
    }
    run.inflict(scene.asked())
    await scene.assertUnharmed()
  },
)
