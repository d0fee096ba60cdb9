import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { generateDocs } from '../../scripts/generate-docs.ts'
import { loadEnvironment } from '../../src/config/environment.ts'
import { listSettings, readSettings } from '../../src/config/settings.ts'

test('the environment wins over .env, and an empty variable does not', (t) => {
  const folder = folderWith(t, 'PORT=1\nKAFKA_TOPIC=from_file\nKAFKA_GROUP_ID="from file"\n')
  const { environment, warnings } = loadEnvironment(folder, { PORT: '2', KAFKA_TOPIC: '', OTHER: 'x' })
  assert.deepEqual(environment, {
    PORT: '2',
    KAFKA_TOPIC: 'from_file',
    KAFKA_GROUP_ID: 'from file',
    OTHER: 'x',
  })
  assert.deepEqual(warnings, [])
})

test('a folder without .env gives the environment alone', (t) => {
  assert.deepEqual(loadEnvironment(folderWith(t), { PORT: '2' }), {
    environment: { PORT: '2' },
    warnings: [],
  })
})

test('the keys of API_KEYS_FILE come to those of API_KEYS', (t) => {
  const [one, two] = ['ab'.repeat(32), 'cd'.repeat(32)]
  const folder = folderWith(t, 'API_KEYS_FILE=keys\n')
  writeFileSync(join(folder, 'keys'), `# from the vault\nreader:read:${two}\n`)
  const { environment } = loadEnvironment(folder, { API_KEYS: `shop:write:${one}` })
  const { keys } = readSettings(environment).http
  assert.deepEqual(
    keys.map(({ name, role, hash }) => [name, role, hash.toString('hex')]),
    [
      ['shop', 'write', one],
      ['reader', 'read', two],
    ],
  )
  assert.deepEqual(loadEnvironment(folderWith(t), environment).environment, environment)
})

test('a file of keys that is missing, or has none, keeps the service from starting', (t) => {
  const folder = folderWith(t)
  writeFileSync(join(folder, 'empty'), '')
  const start = (file: string) => readSettings(loadEnvironment(folder, { API_KEYS_FILE: file }).environment)
  assert.throws(() => start('nowhere'), /API_KEYS_FILE = "nowhere": must be a file that is there/)
  assert.throws(() => start('.'), /API_KEYS_FILE = "\.": must be a file that is there/)
  assert.throws(() => start('empty'), /API_KEYS = \(not shown\)/)
})

test('a byte order mark does not hide the first name', (t) => {
  const { environment } = loadEnvironment(folderWith(t, '\uFEFFPORT=1\n'), {})
  assert.deepEqual(environment, { PORT: '1' })
})

test('an .env that cannot be read is an error, not an empty one', (t) => {
  const folder = folderWith(t, 'PORT=1')
  assert.throws(() => loadEnvironment(join(folder, '.env'), {}), { code: 'ENOTDIR' })
})

test('a name in .env that looks like a misspelt setting is warned of, with the setting that is meant', (t) => {
  const folder = folderWith(t, 'KAFKA_TOPICS=a\nkafka_group_id=b\nPOSTGRES_PASWORD=c\nPOSTGRES_HSOT=d\n')
  assert.deepEqual(loadEnvironment(folder, {}).warnings, [
    '.env sets KAFKA_TOPICS, which is no setting. Is KAFKA_TOPIC meant?',
    '.env sets POSTGRES_HSOT, which is no setting. Is POSTGRES_HOST meant?',
    '.env sets POSTGRES_PASWORD, which is no setting. Is POSTGRES_PASSWORD meant?',
    '.env sets kafka_group_id, which is no setting. Is KAFKA_GROUP_ID meant?',
  ])
})

test('names of others in .env, and misspelt ones in the shared environment, are ignored', (t) => {
  const folder = folderWith(t, 'REDIS_HOST=redis\nREDIS_PORT=6379\nCACHE_TTL=60\nCOMPOSE_PROJECT_NAME=x\n')
  assert.deepEqual(loadEnvironment(folder, { KAFKA_TOPICS: 'a' }).warnings, [])
})

test('.env.example names every setting, and with its comments taken away it gives the defaults', async (t) => {
  const example = (await generateDocs()).find(({ path }) => path === '.env.example')!.text
  const folder = folderWith(t, example.replaceAll(/^#(?=[A-Z_]+=)/gm, ''))
  const { environment, warnings } = loadEnvironment(folder, {})
  assert.deepEqual(
    Object.keys(environment).sort(),
    listSettings()
      .map(({ name }) => name)
      .sort(),
  )
  assert.deepEqual(warnings, [])
  assert.deepEqual(readSettings(environment), readSettings({}))
})

test('.env.example taken as it is changes nothing', async (t) => {
  const example = (await generateDocs()).find(({ path }) => path === '.env.example')!.text
  assert.deepEqual(loadEnvironment(folderWith(t, example), {}), { environment: {}, warnings: [] })
})

function folderWith(t: TestContext, file?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bincard-environment-'))
  t.after(() => rmSync(folder, { recursive: true }))
  if (file !== undefined) writeFileSync(join(folder, '.env'), file)
  return folder
}
