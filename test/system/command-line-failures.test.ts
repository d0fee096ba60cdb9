/** `bincard` where it cannot do what it is asked, and where it is only asked what it can do. */
import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { bincardWith, settingsOf } from '../support/bincard.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { startService } from '../support/service-process.ts'

const owner = { after }
const [database, topic] = [await freshDatabase(owner), await freshTopic(owner, 1)]
const service = await startService(owner, { database, topic })
await service.ready()
const environment = { ...settingsOf({ database, topic }), BINCARD_URL: `http://127.0.0.1:${service.port}` }
const bincard = bincardWith(environment)

suite('failures, help and completion', () => {
  test('unknown ids, wrong arguments, wrong settings, nobody there: each has its exit code, and nothing on stdout', async () => {
    const unknown = await bincard('movement', '00000000-0000-4000-8000-00000000ffff')
    assert.deepEqual(
      [unknown.code, unknown.stdout, unknown.stderr.split(':')[0]],
      [4, '', 'movement_unknown'],
    )
    const malformed = await bincard('movement', 'x')
    assert.deepEqual([malformed.code, malformed.stdout], [2, ''])
    assert.match(malformed.stderr, /It must be a UUID/)
    const settingsWrong = await bincardWith({ ...environment, POSTGRES_PORT: 'x' })('verify')
    assert.deepEqual([settingsWrong.code, settingsWrong.stdout], [2, ''])
    assert.match(settingsWrong.stderr, /POSTGRES_PORT = "x"/)
    const away = await bincardWith({ ...environment, BINCARD_URL: 'http://127.0.0.1:9' })('held')
    assert.deepEqual([away.code, away.stdout], [3, ''])
    const databaseAway = await bincardWith({ ...environment, POSTGRES_PORT: '9' })('verify')
    assert.deepEqual([databaseAway.code, databaseAway.stderr.split(':')[0]], [3, 'database_unreachable'])
  })

  test('every command has help with what it does, and the subcommands theirs', async () => {
    const { stdout, code } = await bincard('--help')
    assert.equal(code, 0)
    const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: .*| *)$/gm)].map(([, name = '']) => name)
    for (const name of [
      'serve',
      'migrate',
      'send',
      'card',
      'movement',
      'transit',
      'held',
      'quarantine',
      'import',
    ])
      assert.ok(commands.includes(name), name)
    for (const name of commands) {
      const help = await bincard(name, '--help')
      assert.deepEqual([help.code, help.stderr], [0, ''], name)
      assert.match(help.stdout, /^Usage: bincard /, name)
    }
  })

  test('a completion script for each shell, which asks the program itself', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { code, stdout } = await bincard('completion', shell)
      assert.equal(code, 0, shell)
      assert.match(stdout, /bincard/, shell)
    }
    const suggested = await bincard('complete', '--', 'quarantine', 're')
    assert.match(suggested.stdout, /^redrive\t/m)
  })
})
