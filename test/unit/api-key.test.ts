import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { covers, findApiKey, hashSecret, newSecret, parseApiKeys, roles } from '../../src/access/api-key.ts'

const warehouse = 'c1d70455-7e14-11e9-812a-70106f431230'
const other = '25718666-6af6-4281-b5a6-3016e36fa557'
const [one, two] = ['ab'.repeat(32), 'cd'.repeat(32)]
const command = join(import.meta.dirname, '../../src/main.ts')

test('keys are read with their role and warehouses, whatever separates them', () => {
  const entries = [`shop:write:${one}`, `north.1:read:${warehouse.toUpperCase()}+${other}:${two}`]
  const expected = [
    { name: 'shop', role: 'write', warehouses: null, hash: Buffer.from(one, 'hex') },
    { name: 'north.1', role: 'read', warehouses: new Set([warehouse, other]), hash: Buffer.from(two, 'hex') },
  ]
  for (const separator of [',', ' ', '\n', '\r\n', ', ', '\n# a comment, with a comma\n\n']) {
    assert.deepEqual(parseApiKeys(entries.join(separator)), expected)
  }
})

for (const wrong of [
  `shop:read`,
  `shop:read:${one.toUpperCase()}`,
  `shop:read:${one}0`,
  `shop:owner:${one}`,
  `:read:${one}`,
  `${'x'.repeat(65)}:read:${one}`,
  `sh/op:read:${one}`,
  `shop:read::${one}`,
  `shop:read:${warehouse}+:${one}`,
  `shop:read:${warehouse};${other}:${one}`,
  `shop:read:north:${one}`,
  `shop:read:${one} shop:write:${two}`,
  `shop:read:${one} north:write:${one}`,
  newSecret(randomBytes),
]) {
  test(`as a list of keys, ${wrong.slice(0, 60)}… is refused, not guessed`, () => {
    assert.equal(parseApiKeys(wrong), null)
  })
}

test('a key is found by itself alone', () => {
  const secrets = [newSecret(randomBytes), newSecret(randomBytes)]
  const keys = secrets.map((secret, index) => {
    return { name: `key-${index}`, role: 'read', warehouses: null, hash: hashSecret(secret) } as const
  })
  assert.deepEqual(
    secrets.map((secret) => findApiKey(keys, secret)),
    keys,
  )
  for (const unknown of ['', secrets[0]!.slice(0, -1), `${secrets[0]} `, keys[0]!.hash.toString('hex')])
    assert.equal(findApiKey(keys, unknown), null)
})

test('each role may do what the ones before it may', () => {
  const table = roles.map((has) => roles.map((needed) => covers(has, needed)))
  assert.deepEqual(table, [
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ])
})

test('bincard key prints a key and the line that lets it in', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [command, 'key', 'shop', 'write', warehouse])
  const [secret = '', line = ''] = [...stdout.matchAll(/^ {2}(\S+)$/gm)].map(([, text]) => text)
  assert.match(secret, /^bincard_[\w-]{43}$/)
  const [key] = parseApiKeys(line) ?? []
  assert.deepEqual(key, {
    name: 'shop',
    role: 'write',
    warehouses: new Set([warehouse]),
    hash: hashSecret(secret),
  })
})

test('bincard key prints both for a script', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [command, 'key', 'shop', 'read', '--json'])
  const { key, line } = JSON.parse(stdout) as { key: string; line: string }
  assert.deepEqual(parseApiKeys(line)?.[0]?.hash, hashSecret(key))
})

test('bincard key with wrong arguments says so, and prints no key', async () => {
  for (const args of [[], ['shop'], ['a,b', 'read'], ['shop', 'owner'], ['shop', 'read', 'north']]) {
    const run = promisify(execFile)(process.execPath, [command, 'key', ...args])
    await assert.rejects(
      run,
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => {
        assert.deepEqual([code, stdout], [2, ''])
        assert.match(stderr, /bincard( key)? --help/)
        return true
      },
    )
  }
})
